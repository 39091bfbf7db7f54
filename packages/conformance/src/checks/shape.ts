import type { Tensor, View } from "@batchnorm/core";
import { describeShape } from "@batchnorm/core/checks";
import { expectThat } from "../check.js";

/** The shape that a view's tensors are given: `[outer, channels, inner]`, as BatchNorm1d takes it. */
export function shapeOf({ outer, channels, inner }: View): readonly number[] {
  return [outer, channels, inner];
}

export function expectShape(what: string, { shape }: Pick<Tensor, "shape">, expected: readonly number[]): void {
  const [came, right] = [describeShape(shape), describeShape(expected)];
  expectThat(came === right, `${what} has shape ${came}, expected ${right}`);
}
