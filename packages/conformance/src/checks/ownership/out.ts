import { type DType, type ErrorCode, sizeOf, type Tensor, type View } from "@batchnorm/core";
import type { LayerOptions } from "@batchnorm/layers";
import { type Check, expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";
import { shapeOf } from "../shape.js";
import { expectSameBits, expectUnchanged } from "../values.js";
import { dyadics, positiveDyadics } from "./dyadics.js";
import {
  batchOf,
  everything,
  type Inputs,
  makeInputs,
  type Operation,
  passes,
  type Role,
  read,
  runOn,
  views,
} from "./operations.js";

const sentence = "out";

const activations = [null, "relu"] as const;
const emptyView: View = { outer: 0, channels: 3, inner: 2 };

/** The result in `out`, and in dy where that is allowed, has the bits that it has without. */
async function askReceiving(bench: Bench, operation: Operation): Promise<void> {
  const { backend } = bench;
  for (const view of [...views, emptyView]) {
    for (const activation of activations) {
      const inputs = makeInputs(bench, view, 1);
      const where = `${operation.name} of [${shapeOf(view)}], activation ${activation}`;
      const plain = await runOn(bench, operation, inputs, view, { activation });
      const expected = await read(backend, plain);
      const outs: Record<string, Tensor> = { "a tensor": bench.tensor(dyadics(sizeOf(view), 5), shapeOf(view)) };
      if (operation.takes.includes("dy")) outs.dy = inputs.dy;
      for (const [name, out] of Object.entries(outs)) {
        const results = await runOn(bench, operation, inputs, view, { activation, out });
        const what = `${where}, out is ${name}`;
        const batch = batchOf(results, what);
        expectThat(batch === out, `${what}: it was not returned, another tensor came`);
        expectUnchanged(what, await read(backend, results), expected);
      }
      bench.clear();
    }
  }
}

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
  const before = await read(backend, things);
  const run = () => operation.run(backend, inputs, view, { ...everything, out });
  await expectRefusal(backend, what, { code }, run, out);
  expectUnchanged(`after ${what}`, await read(backend, things), before);
}

async function askRefusing(bench: Bench, operation: Operation): Promise<void> {
  const { backend, dtype } = bench;
  for (const view of [views[0] as View, emptyView]) {
    const inputs = makeInputs(bench, view, 1);
    const shape = shapeOf(view);
    const values = dyadics(sizeOf(view), 7);
    const bad: Record<string, readonly [Tensor, ErrorCode]> = {
      x: [inputs.x, "ERR_ALIAS"],
      "a state": [bench.state(values, shape), "ERR_ALIAS"],
      "of another shape": [bench.tensor(values, [values.length]), "ERR_SHAPE"],
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
  for (const operation of passes) {
    // a batch of one value per channel has no statistics of its own
    if (operation.name === "train") continue;
    for (const role of operation.takes) {
      const makers: Partial<Record<Role, true>> = { weight: true, bias: true, mean: true, variance: true };
      if (makers[role] === undefined) continue;
      const inputs: Inputs = {
        x: bench.tensor(dyadics(3, 1)),
        dy: bench.tensor(dyadics(3, 2)),
        weight: bench.tensor(dyadics(3, 3)),
        bias: bench.tensor(dyadics(3, 4)),
        mean: bench.tensor(dyadics(3, 5)),
        variance: bench.tensor(positiveDyadics(3, 6)),
        moments: moments(),
        moreMoments: moments(),
        sums: bench.keep(bench.backend.importGradientSums(Float64Array.of(1, 2, 3, 4, 5, 6))),
        moreSums: bench.keep(bench.backend.importGradientSums(Float64Array.of(1, 2, 3, 4, 5, 6))),
      };
      const out = inputs[role] as Tensor;
      const what = `${operation.name} with an out that is its ${role}`;
      await expectOutRefused(bench, operation, { inputs, view, out }, "ERR_ALIAS", what);
    }
  }
}

async function askSameTensor(bench: Bench): Promise<void> {
  const view = views[0] as View;
  for (const operation of passes.filter(({ takes }) => takes.includes("dy"))) {
    const made = makeInputs(bench, view, 1);
    const inputs = { ...made, dy: made.x };
    const what = `${operation.name} with x as dy and as out`;
    await expectOutRefused(bench, operation, { inputs, view, out: made.x }, "ERR_ALIAS", what);
  }
}

async function askLayer(bench: Bench, options: LayerOptions): Promise<void> {
  const shape = [4, 3];
  const input = (seed: number) => bench.tensor(dyadics(12, seed), shape);
  const [layer, twin] = [1, 2].map(() => bench.layer(3, options));
  if (layer === undefined || twin === undefined) return;
  for (const mode of ["train", "eval"] as const) {
    const [x, out] = [input(1), input(3)];
    const y = bench.keep(twin[mode]().forward(x));
    const dx = bench.keep(twin.backward(input(2)));
    const dy = input(2);
    expectThat(layer[mode]().forward(x, { out }) === out, `forward in ${mode} with an out gave another tensor`);
    expectThat(layer.backward(dy, { out: dy }) === dy, `backward in ${mode} with dy as out gave another tensor`);
    expectSameBits(`y of a layer in ${mode} in an out: y`, await out.data(), await y.data());
    expectSameBits(`dx of a layer in ${mode} in its dy: dx`, await dy.data(), await dx.data());
  }
}

/** `out` receives the result and is returned; what it must not be is refused before anything is written. */
export function outChecks(): readonly Check[] {
  return [
    ...passes.flatMap((operation) => [
      ...benchChecks(sentence, `${operation.name} writes and returns it`, (bench) => askReceiving(bench, operation)),
      ...benchChecks(sentence, `${operation.name} refuses a bad one`, (bench) => askRefusing(bench, operation)),
    ]),
    ...benchChecks(sentence, "parameters and statistics of the shape of x", askOtherInputs),
    ...benchChecks(sentence, "x that is its own dy", askSameTensor),
    ...benchChecks(sentence, "of a layer", (bench) => askLayer(bench, {})),
    ...benchChecks(sentence, "of a layer without parameters", (bench) => askLayer(bench, { affine: false })),
  ];
}
