import type { DType, FloatArray, Tensor, Values } from "@batchnorm/core";
import type { Check } from "../../check.js";
import { expectThat } from "../../check.js";
import { makeInputs, smallView } from "./operations.js";
import { expectSame } from "./values.js";
import { ownershipCheck, type Workbench } from "./workbench.js";

const sentence = "tensors-copy";
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

async function askMaking({ backend, dtype, keep }: Pick<Workbench, "backend" | "dtype" | "keep">): Promise<void> {
  for (const maker of makers) {
    for (const [name, values] of Object.entries(sources(dtype))) {
      const shape = [2, 3];
      const made: Tensor = keep(backend[maker](values, shape, dtype));
      for (let i = 0; i < values.length; i++) values[i] = 99;
      shape[0] = 99;
      const what = `${maker}() of ${name} that the caller wrote afterwards`;
      expectSame(expected, await made.data(), `${what}: `);
      expectThat(made.shape.join() === "2,3", `${what}: shape is [${made.shape}], expected [2, 3]`);
    }
  }
}

async function askReading(bench: Workbench): Promise<void> {
  for (const maker of makers) {
    const made = bench[maker]([...expected], [2, 3]);
    const first = (await made.data()) as FloatArray;
    first.fill(99);
    expectSame(expected, await made.data(), `a ${maker} whose data() the caller wrote: `);
  }
}

async function askLater(bench: Workbench): Promise<void> {
  const { backend } = bench;
  const state = bench.state([...expected]);
  const read = await state.data();
  const asked = state.data();
  backend.assign(state, bench.tensor([7, 7, 7, 7, 7, 7]));
  expectSame(expected, read, "data() that was read before a state was written: ");
  expectSame(expected, await asked, "data() that was asked for before a state was written: ");
}

async function askPieces(bench: Workbench): Promise<void> {
  const { backend } = bench;
  const { moments, sums } = makeInputs(bench, smallView, 1);
  const kinds = {
    moments: {
      values: await backend.exportMoments(moments),
      load: (values: Float64Array) => backend.importMoments(values),
      save: backend.exportMoments.bind(backend),
    },
    "gradient sums": {
      values: await backend.exportGradientSums(sums),
      load: (values: Float64Array) => backend.importGradientSums(values),
      save: backend.exportGradientSums.bind(backend),
    },
  } as const;
  for (const [name, { values, load, save }] of Object.entries(kinds)) {
    type Piece = Parameters<typeof save>[0] & { readonly count: number };
    const right = await save(bench.keep(load(values.slice())) as Piece);
    const imported = bench.keep(load(values)) as Piece;
    values.fill(7);
    const exported = await save(imported);
    expectSame(right, exported, `${name} whose array the caller wrote after the import: `);
    exported.fill(7);
    expectSame(right, await save(imported), `${name} whose export the caller wrote: `);
  }
}

/** tensor(), state(), data(), imports and exports copy. */
export function tensorsCopyChecks(): readonly Check[] {
  const making = (bench: Workbench) =>
    askMaking({ backend: bench.backend, dtype: bench.dtype, keep: (thing) => bench.keep(thing) });
  return [
    ...ownershipCheck(sentence, "arrays and shapes written after they were given", making),
    ...ownershipCheck(sentence, "data() written by its reader", askReading),
    ...ownershipCheck(sentence, "data() of a state that is written later", askLater),
    ...ownershipCheck(sentence, "imports and exports of moments and gradient sums", askPieces),
  ];
}
