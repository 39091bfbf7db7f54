/** What `work` throws; an error of its own where it throws nothing. */
export function thrown(work: () => unknown): {
  readonly code?: string;
  readonly message: string;
  readonly name: string;
} {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected an error, but nothing was thrown");
}
