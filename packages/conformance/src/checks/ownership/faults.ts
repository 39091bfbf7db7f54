import type { Backend } from "@batchnorm/core";

/** What can fail: the rest only tells, or is asynchronous. */
const canFail: ReadonlySet<string | symbol> = new Set<keyof Backend>([
  "tensor",
  "state",
  "assign",
  "axpy",
  "retain",
  "train",
  "apply",
  "backward",
  "moments",
  "merge",
  "importMoments",
  "gradientSums",
  "importGradientSums",
  "move",
]);

/** What a backend with faults throws where it is asked to. */
export class InjectedFault extends Error {
  override readonly name = "InjectedFault";
}

/** A backend whose k-th operation fails before it does anything, as one does that finds no memory. */
export class FaultyBackend {
  readonly backend: Backend;
  #asked: string[] = [];
  #failing = Number.POSITIVE_INFINITY;

  constructor(right: Backend) {
    this.backend = new Proxy(right, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== "function") return member;
        if (!canFail.has(name)) return member.bind(target) as unknown;
        return (...args: unknown[]) => {
          this.#ask(String(name));
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
  }

  /** From now on the k-th operation fails; Infinity: none. */
  failAt(k: number): void {
    this.#asked = [];
    this.#failing = k;
  }

  /** The operations since `failAt`. */
  get asked(): readonly string[] {
    return this.#asked;
  }

  #ask(name: string): void {
    this.#asked.push(name);
    if (this.#asked.length === this.#failing)
      throw new InjectedFault(`injected at operation ${this.#failing}, ${name}()`);
  }
}
