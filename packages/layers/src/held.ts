/** Things to dispose together: what an operation has gathered when it fails, or what a call keeps until its end. */
export class Held {
  #things: { dispose(): void }[] = [];

  /** Takes charge of a thing and returns it. */
  add<Thing extends { dispose(): void } | null>(thing: Thing): Thing {
    if (thing !== null) this.#things.push(thing);
    return thing;
  }

  /** No longer in charge of a thing: it now belongs to somebody else. */
  release(thing: { dispose(): void }): void {
    this.#things = this.#things.filter((held) => held !== thing);
  }

  dispose(): void {
    const things = this.#things;
    this.#things = [];
    for (const thing of things) thing.dispose();
  }
}

/** Runs `work`; what it has handed to `held` is disposed if it throws. */
export function disposeOnError<Result>(work: (held: Held) => Result): Result {
  const held = new Held();
  try {
    return work(held);
  } catch (error) {
    held.dispose();
    throw error;
  }
}
