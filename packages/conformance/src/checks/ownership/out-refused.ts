import { type DType, type ErrorCode, sizeOf, type Tensor, type View } from "@batchnorm/core";
import type { Check } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";
import { shapeOf } from "../shape.js";
import { expectUnchanged } from "../values.js";
import { dyadics, positiveDyadics } from "./dyadics.js";
import {
  emptyView,
  everything,
  type Inputs,
  makeInputs,
  type Operation,
  passes,
  read,
  smallView,
} from "./operations.js";

const requirement = "out-refused";

/** Refuses a bad out, and has written neither it nor an input. */
async function expectOutRefused(
  bench: Bench,
  operation: Operation,
  { inputs, view, out }: { inputs: Inputs; view: View; out: Tensor },
  code: ErrorCode,
  what: string,
): Promise<void> {
  const { backend } = bench;
  const things = { ...inputs, out };
  const before = await read(things);
  const run = () => operation.run(backend, inputs, view, { ...everything, out });
  await expectRefusal(backend, what, { code }, run, out);
  expectUnchanged(`after ${what}`, await read(things), before);
}

async function askRefusing(bench: Bench, operation: Operation): Promise<void> {
  const { backend, dtype } = bench;
  for (const view of [smallView, emptyView]) {
    const inputs = makeInputs(bench, view, 1);
    const shape = shapeOf(view);
    const values = dyadics(sizeOf(view), 7);
    const bad: Record<string, readonly [Tensor, ErrorCode]> = {
      x: [inputs.x, "ERR_ALIAS"],
      "a state": [bench.state(values, shape), "ERR_ALIAS"],
      "of another shape": [bench.tensor(values, [values.length]), "ERR_SHAPE"],
      "of another size": [bench.tensor([...values, 0], [values.length + 1]), "ERR_SHAPE"],
    };
    if (values.length > 0) bad["a handle on x"] = [bench.keep(backend.retain(inputs.x)), "ERR_ALIAS"];
    const other = backend.capabilities.dtypes.find((one: DType) => one !== dtype);
    if (other !== undefined) bad[`of type ${other}`] = [bench.in(other).tensor(values, shape), "ERR_DTYPE"];
    for (const [name, [out, code]] of Object.entries(bad)) {
      const what = `${operation.name} of [${shape}] with an out that is ${name}`;
      await expectOutRefused(bench, operation, { inputs, view, out }, code, what);
    }
    bench.clear();
  }
}

/** Where x has the shape of its parameters, they must not be overwritten either, also when they are no states. */
async function askOtherInputs(bench: Bench): Promise<void> {
  const view = { outer: 1, channels: 3, inner: 1 };
  const moments = () => bench.keep(bench.backend.importMoments(Float64Array.of(4, 1, 2, 3, 0, 0, 0, 4, 8, 16)));
  const sums = () => bench.keep(bench.backend.importGradientSums(Float64Array.of(1, 2, 3, 4, 5, 6)));
  for (const operation of passes) {
    // a batch of one value per channel has no statistics of its own
    if (operation.name === "train") continue;
    for (const role of operation.takes) {
      if (!["weight", "bias", "mean", "variance"].includes(role)) continue;
      const inputs: Inputs = {
        x: bench.tensor(dyadics(3, 1)),
        dy: bench.tensor(dyadics(3, 2)),
        weight: bench.tensor(dyadics(3, 3)),
        bias: bench.tensor(dyadics(3, 4)),
        mean: bench.tensor(dyadics(3, 5)),
        variance: bench.tensor(positiveDyadics(3, 6)),
        moments: moments(),
        moreMoments: moments(),
        sums: sums(),
        moreSums: sums(),
      };
      const out = inputs[role] as Tensor;
      const what = `${operation.name} with an out that is its ${role}`;
      await expectOutRefused(bench, operation, { inputs, view, out }, "ERR_ALIAS", what);
    }
  }
}

async function askSameTensor(bench: Bench): Promise<void> {
  for (const operation of passes.filter(({ takes }) => takes.includes("dy"))) {
    const made = makeInputs(bench, smallView, 1);
    const inputs = { ...made, dy: made.x };
    const what = `${operation.name} with x as dy and as out`;
    await expectOutRefused(bench, operation, { inputs, view: smallView, out: made.x }, "ERR_ALIAS", what);
  }
}

async function askUnusable(bench: Bench): Promise<void> {
  const { backend, dtype } = bench;
  const inputs = makeInputs(bench, smallView, 1);
  const shape = shapeOf(smallView);
  const gone = backend.tensor(dyadics(12, 7), shape, dtype);
  gone.dispose();
  const before = await read(inputs);
  const bad = { "a disposed out": gone, "an out of another backend": foreignTensor(dyadics(12, 7), shape, dtype) };
  for (const operation of passes) {
    for (const [name, out] of Object.entries(bad)) {
      const run = () => operation.run(backend, inputs, smallView, { ...everything, out });
      const code = out === gone ? "ERR_DISPOSED" : "ERR_FOREIGN_TENSOR";
      const what = `${operation.name} with ${name}`;
      await expectRefusal(backend, what, { code }, run, out);
      expectUnchanged(`after ${what}`, await read(inputs), before);
    }
  }
}

function foreignTensor(values: readonly number[], shape: readonly number[], dtype: DType): Tensor {
  return { shape, dtype, data: async () => Float32Array.from(values), dispose: () => {} };
}

/** What `out` must not be is refused before anything is written. */
export const outRefusedChecks: readonly Check[] = [
  ...passes.flatMap((operation) => benchChecks(requirement, operation.name, (bench) => askRefusing(bench, operation))),
  ...benchChecks(requirement, "parameters and statistics of the shape of x", askOtherInputs),
  ...benchChecks(requirement, "x that is its own dy", askSameTensor),
  ...benchChecks(requirement, "disposed, and another backend's", askUnusable),
];
