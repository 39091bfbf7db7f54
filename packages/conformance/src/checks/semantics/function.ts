import { batchNorm, type FunctionalCall } from "@batchnorm/layers";
import { expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";
import { expectValues } from "../values.js";
import { arranged, inferred, trained, unit, unitGradient } from "./by-channel.js";
import { expectNear } from "./expectations.js";

export const functionChecks = [
  ...benchChecks("function", "training moves the running statistics that it is given", async (bench) => {
    const held = stateOf(bench, trained.state);
    const [x, dy] = [bench.tensor([4, 0, 2, -4], [2, 2]), bench.tensor([1, 1, 1, 1], [2, 2])];
    const call = bench.keep(batchNorm(bench.backend, x, { ...held, training: true, momentum: 0.25, eps: 3 }));
    bench.keep(call.y);
    for (const gradient of Object.values(call.backward(dy))) if (gradient !== null) bench.keep(gradient);
    const near = (operation: "running_mean" | "running_var", actual: ArrayLike<number>, expected: readonly number[]) =>
      expectNear(bench, { name: "batchNorm() in training", mode: "train", operation }, actual, expected);
    await near("running_mean", await held.runningMean.data(), [0.75, -0.5]);
    await near("running_var", await held.runningVar.data(), [1.25, 2.75]);
    expectValues("weight", await held.weight.data(), trained.state.weight);
    expectValues("bias", await held.bias.data(), trained.state.bias);
  }),
  ...benchChecks("function", "momentum is 0.1 where none is given", async (bench) => {
    const held = stateOf(bench, trained.state);
    const call = bench.keep(batchNorm(bench.backend, bench.tensor([4, 0, 2, -4], [2, 2]), { ...held, training: true }));
    bench.keep(call.y);
    const where = { name: "batchNorm() without a momentum", mode: "train", operation: "running_mean" } as const;
    await expectNear(bench, where, await held.runningMean.data(), [0.3, -0.2]);
  }),
  ...benchChecks("function", "training without running statistics", async (bench) => {
    const { weight, bias } = stateOf(bench, trained.state);
    const x = bench.tensor(unit.x, unit.shape);
    const call = bench.keep(batchNorm(bench.backend, x, { weight, bias, training: true, eps: 3 }));
    await expectResults(bench, "train", call, { ...trained, y: arranged(...trained.y), dx: arranged(...trained.dx) });
  }),
  ...benchChecks("function", "inference, the default, leaves everything alone", async (bench) => {
    const held = stateOf(bench, inferred.state);
    const call = bench.keep(batchNorm(bench.backend, bench.tensor(unit.x, unit.shape), { ...held, eps: 3 }));
    await expectResults(bench, "eval", call, inferred);
    const { state } = inferred;
    expectValues("runningMean", await held.runningMean.data(), state.running_mean);
    expectValues("runningVar", await held.runningVar.data(), state.running_var);
  }),
  ...benchChecks("function", "running statistics of which one or both are absent", async (bench) => {
    const { backend, tensor } = bench;
    const x = tensor(unit.x, unit.shape);
    const runningMean = tensor([0, 0], [2]);
    const option = { code: "ERR_OPTION", mentions: ["runningMean"] } as const;
    await expectRefusal(backend, "inference without running statistics", option, () => batchNorm(backend, x).y);
    await expectRefusal(backend, "a running mean alone", option, () => batchNorm(backend, x, { runningMean }).y);
  }),
];

function stateOf({ backend, dtype, keep }: Bench, state: typeof trained.state | typeof inferred.state) {
  const made = (values: readonly number[]) => keep(backend.state(values, [2], dtype));
  return {
    weight: made(state.weight),
    bias: made(state.bias),
    runningMean: made(state.running_mean),
    runningVar: made(state.running_var),
  };
}

type Results = Readonly<Record<"y" | "dx" | "dweight" | "dbias", readonly number[]>>;

/** Gradients of a function are handed out, twice the same where they are asked for twice. */
async function expectResults(
  bench: Bench,
  mode: "train" | "eval",
  call: FunctionalCall<ReturnType<Bench["tensor"]>>,
  expected: Results,
): Promise<void> {
  const name = `batchNorm() in ${mode}`;
  await expectNear(bench, { name, mode, operation: "y" }, await bench.keep(call.y).data(), expected.y);
  for (const time of ["", ", again"]) {
    const gradients = call.backward(bench.tensor(unitGradient, unit.shape));
    for (const operation of ["dx", "dweight", "dbias"] as const) {
      const gradient = gradients[operation];
      expectThat(gradient !== null, `${operation} of ${name} is null`);
      const values = await bench.keep(gradient).data();
      await expectNear(bench, { name: `${name}${time}`, mode, operation }, values, expected[operation]);
    }
  }
}
