import type { Backend, DType, Tensor, Values } from "@batchnorm/core";
import type { Check, Subject } from "../../check.js";
import type { SentenceName } from "../../sentences.js";

interface Disposable {
  dispose(): void;
}

/** The backend that a check asks, and what the check has made on it: each thing is disposed exactly once. */
export class Workbench {
  readonly backend: Backend;
  readonly dtype: DType;
  readonly #kept = new Set<Disposable>();

  constructor(backend: Backend, dtype: DType) {
    this.backend = backend;
    this.dtype = dtype;
  }

  tensor(values: Values, shape: readonly number[] = [values.length], dtype: DType = this.dtype): Tensor {
    return this.keep(this.backend.tensor(values, shape, dtype));
  }

  state(values: Values, shape: readonly number[] = [values.length], dtype: DType = this.dtype): Tensor {
    return this.keep(this.backend.state(values, shape, dtype));
  }

  /** Disposes a thing at the end of the check. */
  keep<Thing extends Disposable>(thing: Thing): Thing {
    this.#kept.add(thing);
    return thing;
  }

  /** Disposes a thing now. */
  drop(thing: Disposable): void {
    this.#kept.delete(thing);
    thing.dispose();
  }

  /** Disposes all that is kept, the last first. */
  clear(): void {
    const things = [...this.#kept].toReversed();
    this.#kept.clear();
    for (const thing of things) thing.dispose();
  }
}

/** A question on ownership, in each type. */
export function ownershipCheck(
  sentence: SentenceName,
  name: string,
  ask: (bench: Workbench) => Promise<void>,
  { large = false }: { readonly large?: boolean } = {},
): Check[] {
  return (["float32", "float64"] as const).map((dtype) => ({
    sentence,
    name,
    dtype,
    large,
    async run<T extends Tensor>({ backend }: Subject<T>) {
      const bench = new Workbench(backend as unknown as Backend, dtype);
      try {
        await ask(bench);
      } finally {
        bench.clear();
      }
    },
  }));
}
