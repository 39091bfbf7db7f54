import type { DType, Tensor, Values } from "@batchnorm/core";
import { describeShape } from "@batchnorm/core/checks";
import { expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectShape } from "../shape.js";
import { expectValues } from "../values.js";

/** Numbers that a type rounds, the largest that float32 holds, and those that are none. */
const awkward = [0, -1.5, 0.1, 1 / 3, 16777217, 2 ** 127, -(2 ** -126), Number.NaN, Infinity, -Infinity];

const sources: readonly { readonly name: string; readonly values: Values; readonly own: DType }[] = [
  { name: "an array of numbers", values: awkward, own: "float32" },
  { name: "a Float32Array", values: new Float32Array(awkward), own: "float32" },
  { name: "a Float64Array", values: new Float64Array(awkward), own: "float64" },
  { name: "a Uint8Array", values: new Uint8Array([0, 1, 2, 3, 127, 128, 200, 253, 254, 255]), own: "float32" },
  { name: "a Uint8ClampedArray", values: new Uint8ClampedArray([9, 8, 7, 6, 5, 4, 3, 2, 1, 255]), own: "float32" },
];

export const tensorChecks = [
  ...benchChecks("tensors-hold-values", "values from every kind of array, in the type asked for", async (bench) => {
    for (const { name, values } of sources) {
      for (const make of ["tensor", "state"] as const) {
        const made = bench.keep(bench.backend[make](values, [2, 5], bench.dtype));
        await expectTensor(`${make}() of ${name}`, made, values, [2, 5], bench.dtype);
      }
    }
  }),
  ...benchChecks("tensors-hold-values", "the type where none is asked for", (bench) => unasked(bench)),
  ...benchChecks("tensors-hold-values", "every rank, and none of the elements", async ({ backend, dtype, keep }) => {
    const values = Float32Array.from({ length: 24 }, (_, i) => i - 7);
    for (const shape of [[24], [2, 12], [4, 3, 2], [2, 3, 2, 2], [1, 2, 3, 4, 1]]) {
      await expectTensor("tensor()", keep(backend.tensor(values, shape, dtype)), values, shape, dtype);
    }
    for (const shape of [[0], [0, 3], [2, 0, 5]]) {
      await expectTensor("tensor()", keep(backend.tensor([], shape, dtype)), [], shape, dtype);
    }
  }),
  ...benchChecks("tensors-hold-values", "assign, the values of another tensor", async ({ backend, dtype, keep }) => {
    const state = keep(backend.state([1, 2, 3], [3], dtype));
    backend.assign(state, keep(backend.tensor([4, -5, 0.5], [3], dtype)));
    await expectTensor("a state after assign()", state, [4, -5, 0.5], [3], dtype);
    backend.assign(state, state);
    await expectTensor("a state after assign() of itself", state, [4, -5, 0.5], [3], dtype);
  }),
];

/** float64 for a Float64Array, so that no precision is lost unasked; else float32. */
async function unasked({ backend, keep }: Bench): Promise<void> {
  for (const { name, values, own: dtype } of sources) {
    if (!backend.capabilities.dtypes.includes(dtype)) continue;
    await expectTensor(`tensor() of ${name}`, keep(backend.tensor(values, [10])), values, [10], dtype);
  }
}

async function expectTensor(
  what: string,
  tensor: Tensor,
  values: Values,
  shape: readonly number[],
  dtype: DType,
): Promise<void> {
  expectShape(what, tensor, shape);
  expectThat(tensor.dtype === dtype, `${what} has dtype ${tensor.dtype}, expected ${dtype}`);
  const Type = dtype === "float32" ? Float32Array : Float64Array;
  const data = await tensor.data();
  expectThat(data instanceof Type, `data() of ${what} in ${dtype} is a ${data.constructor.name}`);
  expectValues(`data() of ${what} of shape ${describeShape(shape)}`, data, Type.from(values));
}
