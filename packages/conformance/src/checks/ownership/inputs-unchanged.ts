import { batchNorm } from "@batchnorm/layers";
import type { Check } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectUnchanged } from "../values.js";
import { attempt, readAgain } from "./attempt.js";
import { dyadics } from "./dyadics.js";
import {
  makeInputs,
  type Operation,
  operations,
  type PassOptions,
  type Results,
  read,
  runOn,
  views,
} from "./operations.js";

const requirement = "inputs-unchanged";

async function askOperation(bench: Bench, operation: Operation): Promise<void> {
  const variants: readonly (readonly [string, Partial<PassOptions>])[] = [
    ["", {}],
    [' with activation "relu"', { activation: "relu" }],
    [" without dx", { needs: { dx: false, affine: true } }],
  ];
  for (const view of views) {
    for (const [variant, o] of variants) {
      const inputs = makeInputs(bench, view, 1);
      const { writes } = operation;
      const only: Results = Object.fromEntries(
        Object.entries(inputs).filter(([role]) => !writes.some((written) => written === role)),
      );
      const before = await read(only);
      const what = `${operation.name}${variant} of [${Object.values(view).join(", ")}]`;
      const when = await attempt(what, () => runOn(bench, operation, inputs, view, o));
      expectUnchanged(when, await readAgain(only, when), before);
      bench.clear();
    }
  }
}

async function askLayer(bench: Bench): Promise<void> {
  const layer = bench.layer(3, { activation: "relu" });
  const inputs = { x: bench.tensor(dyadics(12, 1), [4, 3]), dy: bench.tensor(dyadics(12, 2), [4, 3]) };
  const before = await read(inputs);
  for (const mode of ["train", "eval"] as const) {
    layer[mode]();
    const when = await attempt(`forward and backward of a layer in ${mode}`, () => {
      const call = layer.call(inputs.x);
      bench.keep(call.y);
      bench.keep(call.backward(inputs.dy));
      call.dispose();
      bench.keep(layer.forward(inputs.x));
      bench.keep(layer.backward(inputs.dy));
    });
    expectUnchanged(when, await readAgain(inputs, when), before);
  }
}

async function askFunction(bench: Bench): Promise<void> {
  const { x, dy, weight, bias, mean, variance } = makeInputs(bench, { outer: 4, channels: 3, inner: 1 }, 3);
  for (const training of [true, false]) {
    const inputs = { x, dy, weight, bias };
    const before = await read(inputs);
    const running = { runningMean: mean, runningVar: variance };
    const when = await attempt(`batchNorm() and its backward with training: ${training}`, () => {
      const call = bench.keep(batchNorm(bench.backend, x, { training, weight, bias, ...running }));
      bench.keep(call.y);
      for (const gradient of Object.values(call.backward(dy))) if (gradient !== null) bench.keep(gradient);
    });
    expectUnchanged(when, await readAgain(inputs, when), before);
  }
}

/** No operation writes or disposes an input, to the bit. */
export const inputsUnchangedChecks: readonly Check[] = [
  ...operations.flatMap((operation) =>
    benchChecks(requirement, operation.name, (bench) => askOperation(bench, operation)),
  ),
  ...benchChecks(requirement, "a layer", askLayer),
  ...benchChecks(requirement, "the function batchNorm", askFunction),
];
