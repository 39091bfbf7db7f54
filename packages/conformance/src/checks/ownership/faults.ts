import type { Backend } from "@batchnorm/core";
import { failureOf } from "../refusal.js";

/** What can fail: the rest only tells, or is asynchronous. */
const canFail: ReadonlySet<string | symbol> = new Set<keyof Backend>([
  ...(["tensor", "state", "assign", "axpy", "retain", "train", "apply", "backward"] as const),
  ...(["moments", "merge", "importMoments", "gradientSums", "importGradientSums", "move"] as const),
]);

/** What a backend with faults throws where it is asked to. */
export class InjectedFault extends Error {
  override readonly name = "InjectedFault";
}

/** A backend whose k-th operation fails before it does anything, as one does that finds no memory. */
export class FaultyBackend {
  readonly backend: Backend;
  readonly #right: Backend;
  #asked: string[] = [];
  #failing = Number.POSITIVE_INFINITY;

  constructor(right: Backend) {
    this.#right = right;
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

  /** The operations that work asks for, by name; none of them fails. */
  operationsOf(work: () => unknown): readonly string[] {
    this.#asked = [];
    work();
    return [...this.#asked];
  }

  /** What work throws whose k-th operation fails, see `failureOf`. */
  async failure(k: number, work: () => unknown, spare?: unknown): Promise<unknown> {
    this.#asked = [];
    this.#failing = k;
    try {
      return await failureOf(this.#right, work, spare);
    } finally {
      this.#failing = Number.POSITIVE_INFINITY;
    }
  }

  #ask(name: string): void {
    this.#asked.push(name);
    if (this.#asked.length === this.#failing)
      throw new InjectedFault(`injected at operation ${this.#failing}, ${name}()`);
  }
}
