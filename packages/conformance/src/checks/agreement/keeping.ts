interface Disposing {
  dispose(): void;
}

/** Remembers what must be disposed, and gives it back. */
export type Keep = <D extends Disposing>(one: D) => D;

/** Does work, and disposes everything that it kept, also where it throws. */
export async function keeping<R>(work: (keep: Keep) => Promise<R>): Promise<R> {
  const kept: Disposing[] = [];
  try {
    return await work((one) => {
      kept.push(one);
      return one;
    });
  } finally {
    for (const one of kept.reverse()) one.dispose();
  }
}
