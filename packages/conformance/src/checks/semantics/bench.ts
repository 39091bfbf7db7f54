import type { Backend, DType, Tensor, Values } from "@batchnorm/core";
import { BatchNorm1d, type LayerOptions } from "@batchnorm/layers";
import type { Check, Subject } from "../../check.js";
import type { SentenceName } from "../../sentences.js";

/** A backend in one type, with short ways to tensors and layers; what was made by them is disposed at the end. */
export interface Bench {
  readonly backend: Backend;
  readonly dtype: DType;
  readonly subject: Subject;
  tensor(values: Values, shape: readonly number[]): Tensor;
  /** A `BatchNorm1d` whose state has the bench's type. */
  layer(numFeatures: number, options?: LayerOptions): BatchNorm1d;
  /** Takes charge of a thing and returns it. */
  own<Thing extends { dispose(): void }>(thing: Thing): Thing;
}

/** A check in each type that asks more than a case can say. */
export function benchChecks(sentence: SentenceName, name: string, ask: (bench: Bench) => Promise<void>): Check[] {
  return (["float32", "float64"] as const).map((dtype) => ({
    sentence,
    name,
    dtype,
    large: false,
    async run<T extends Tensor>(subject: Subject<T>) {
      const owned: { dispose(): void }[] = [];
      try {
        await ask(benchOf(subject as unknown as Subject, dtype, owned));
      } finally {
        for (const thing of owned.toReversed()) thing.dispose();
      }
    },
  }));
}

function benchOf(subject: Subject, dtype: DType, owned: { dispose(): void }[]): Bench {
  const { backend } = subject;
  const own = <Thing extends { dispose(): void }>(thing: Thing): Thing => {
    owned.push(thing);
    return thing;
  };
  return {
    backend,
    dtype,
    subject,
    own,
    tensor: (values, shape) => own(backend.tensor(values, shape, dtype)),
    layer: (numFeatures, options = {}) => own(new BatchNorm1d(backend, numFeatures, { dtype, ...options })),
  };
}
