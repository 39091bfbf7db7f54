/** What `work` throws; an error of its own where it throws nothing. */
export function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error, but nothing was thrown");
}
