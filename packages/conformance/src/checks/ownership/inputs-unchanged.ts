import { BatchNorm1d, batchNorm } from "@batchnorm/layers";
import type { Check } from "../../check.js";
import { attempt, readAgain } from "./attempt.js";
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
import { dyadics, expectUnchanged } from "./values.js";
import { ownershipCheck, type Workbench } from "./workbench.js";

const sentence = "inputs-unchanged";

async function askOperation(bench: Workbench, operation: Operation): Promise<void> {
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
      const before = await read(bench.backend, only);
      await attempt(() => runOn(bench, operation, inputs, view, o));
      const when = `after ${operation.name}${variant} of [${Object.values(view).join(", ")}]`;
      expectUnchanged(before, await readAgain(bench.backend, only, when), when);
      bench.clear();
    }
  }
}

async function askLayer(bench: Workbench): Promise<void> {
  const { backend, dtype } = bench;
  const layer = bench.keep(new BatchNorm1d(backend, 3, { dtype, activation: "relu" }));
  const inputs = { x: bench.tensor(dyadics(12, 1), [4, 3]), dy: bench.tensor(dyadics(12, 2), [4, 3]) };
  const before = await read(backend, inputs);
  for (const mode of ["train", "eval"] as const) {
    layer[mode]();
    await attempt(() => {
      const call = layer.call(inputs.x);
      bench.keep(call.y);
      bench.keep(call.backward(inputs.dy));
      call.dispose();
      bench.keep(layer.forward(inputs.x));
      bench.keep(layer.backward(inputs.dy));
    });
    const when = `after forward and backward of a layer in ${mode}`;
    expectUnchanged(before, await readAgain(bench.backend, inputs, when), when);
  }
}

async function askFunction(bench: Workbench): Promise<void> {
  const { x, dy, weight, bias, mean, variance } = makeInputs(bench, { outer: 4, channels: 3, inner: 1 }, 3);
  for (const training of [true, false]) {
    const inputs = { x, dy, weight, bias };
    const before = await read(bench.backend, inputs);
    const running = { runningMean: mean, runningVar: variance };
    await attempt(() => {
      const call = bench.keep(batchNorm(bench.backend, x, { training, weight, bias, ...running }));
      bench.keep(call.y);
      for (const gradient of Object.values(call.backward(dy))) if (gradient !== null) bench.keep(gradient);
    });
    const when = `after batchNorm() and its backward with training: ${training}`;
    expectUnchanged(before, await readAgain(bench.backend, inputs, when), when);
  }
}

/** No operation writes or disposes an input, to the bit. */
export function inputsUnchangedChecks(): readonly Check[] {
  return [
    ...operations.flatMap((operation) =>
      ownershipCheck(sentence, operation.name, (bench) => askOperation(bench, operation)),
    ),
    ...ownershipCheck(sentence, "a layer", askLayer),
    ...ownershipCheck(sentence, "the function batchNorm", askFunction),
  ];
}
