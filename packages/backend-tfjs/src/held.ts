/** Things to dispose together. */
export class Held {
  readonly #things: { dispose(): void }[] = [];

  /** Takes charge of a thing and returns it. */
  add<Thing extends { dispose(): void }>(thing: Thing): Thing {
    this.#things.push(thing);
    return thing;
  }

  dispose(): void {
    for (const thing of this.#things.splice(0)) thing.dispose();
  }
}
