import type { DType, FloatArray, Tensor, Values } from "@batchnorm/core";
import { type Bench, benchChecksOf } from "../bench.js";
import { expectShape } from "../shape.js";
import { expectSameBits } from "../values.js";
import { makeInputs, smallView } from "./operations.js";

const expected = [1, 2, 3, 4, 5, 6];

/** The arrays that a tensor can be made of, each with the numbers 1 to 6. */
function sources(dtype: DType): Readonly<Record<string, Values & { [index: number]: number }>> {
  const Own = dtype === "float32" ? Float32Array : Float64Array;
  return {
    "an array of its own type": Own.from(expected),
    "a part of a longer array": Own.from([0, ...expected, 0]).subarray(1, 7),
    "a Float32Array": Float32Array.from(expected),
    "a Float64Array": Float64Array.from(expected),
    "a Uint8Array": Uint8Array.from(expected),
    "plain numbers": [...expected],
  };
}

const makers = ["tensor", "state"] as const;

async function askMaking(bench: Bench): Promise<void> {
  for (const maker of makers) {
    for (const [name, values] of Object.entries(sources(bench.dtype))) {
      const shape = [2, 3];
      const made: Tensor = bench[maker](values, shape);
      for (let i = 0; i < values.length; i++) values[i] = 99;
      shape[0] = 99;
      const what = `${maker}() of ${name} that the caller wrote afterwards`;
      expectSameBits(`${what}: `, await made.data(), expected);
      expectShape(what, made, [2, 3]);
    }
  }
}

async function askReading(bench: Bench): Promise<void> {
  for (const maker of makers) {
    const made = bench[maker]([...expected], [2, 3]);
    const first = (await made.data()) as FloatArray;
    first.fill(99);
    expectSameBits(`a ${maker} whose data() the caller wrote: `, await made.data(), expected);
  }
}

async function askLater(bench: Bench): Promise<void> {
  const { backend } = bench;
  const state = bench.state([...expected]);
  const read = await state.data();
  const asked = state.data();
  backend.assign(state, bench.tensor([7, 7, 7, 7, 7, 7]));
  expectSameBits("data() that was read before a state was written: ", read, expected);
  expectSameBits("data() that was asked for before a state was written: ", await asked, expected);
}

async function askPieces(bench: Bench): Promise<void> {
  const { backend } = bench;
  const { moments, sums } = makeInputs(bench, smallView, 1);
  const kinds = {
    moments: {
      values: await moments.export(),
      load: (values: Float64Array) => backend.importMoments(values),
    },
    "gradient sums": {
      values: await sums.export(),
      load: (values: Float64Array) => backend.importGradientSums(values),
    },
  } as const;
  for (const [name, { values, load }] of Object.entries(kinds)) {
    const right = await bench.keep(load(values.slice())).export();
    const imported = bench.keep(load(values));
    values.fill(7);
    const exported = await imported.export();
    expectSameBits(`${name} whose array the caller wrote after the import: `, exported, right);
    exported.fill(7);
    expectSameBits(`${name} whose export the caller wrote: `, await imported.export(), right);
  }
}

/** tensor(), state(), data(), imports and exports copy. */
export const tensorsCopyChecks = benchChecksOf("tensors-copy", {
  "arrays and shapes written after they were given": askMaking,
  "data() written by its reader": askReading,
  "data() of a state that is written later": askLater,
  "imports and exports of moments and gradient sums": askPieces,
});
