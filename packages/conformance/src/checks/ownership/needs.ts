import type { BatchNorm1d } from "@batchnorm/layers";
import { type Check, expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectSameBits, expectUnchanged } from "../values.js";
import { dyadics } from "./dyadics.js";
import { type Inputs, makeInputs, type Operation, passes, type Results, read, runOn, smallView } from "./operations.js";

const requirement = "needs";

const combinations = [
  { dx: true, affine: true },
  { dx: true, affine: false },
  { dx: false, affine: true },
  { dx: false, affine: false },
] as const;

/** Which parameters there are. */
const parameters = [
  { weight: true, bias: true },
  { weight: true, bias: false },
  { weight: false, bias: true },
  { weight: false, bias: false },
] as const;

async function askOperation(bench: Bench, operation: Operation): Promise<void> {
  const inputs = makeInputs(bench, smallView, 1);
  for (const there of parameters) {
    const affine = { weight: there.weight ? inputs.weight : null, bias: there.bias ? inputs.bias : null };
    // Inputs name tensors; null is what the contract has for a parameter that is not there
    const given = { ...inputs, ...affine } as Inputs;
    const whole = await read(await runOn(bench, operation, given, smallView));
    for (const needs of combinations) {
      const results = await runOn(bench, operation, given, smallView, { needs });
      const wanted = {
        dx: needs.dx,
        dweight: needs.affine && there.weight,
        dbias: needs.affine && there.bias,
      };
      const what =
        `${operation.name} with ${there.weight ? "a" : "no"} weight and ${there.bias ? "a" : "no"} bias, ` +
        `needs dx: ${needs.dx}, affine: ${needs.affine}`;
      expectOnly(results, wanted, what);
      const computed = await read(results);
      const expected = Object.fromEntries(Object.entries(whole).filter(([name]) => name in computed));
      expectUnchanged(`${what}, against what comes when all is needed`, computed, expected);
    }
  }
}

function expectOnly(results: Results, wanted: Readonly<Record<string, boolean>>, what: string): void {
  for (const [name, isWanted] of Object.entries(wanted)) {
    const came = results[name];
    expectThat(isWanted || came === null, `${what}: ${name} came, expected null`);
    // a tensor in a text may read its values, and is not made one
    const nothing = came === null || came === undefined;
    expectThat(!isWanted || !nothing, () => `${what}: ${name} is ${String(came)}, expected a tensor`);
  }
}

async function askLayer(bench: Bench): Promise<void> {
  const layer = bench.layer(3);
  const [x, dy] = [bench.tensor(dyadics(12, 1), [4, 3]), bench.tensor(dyadics(12, 2), [4, 3])];
  bench.keep(layer.forward(x));
  const whole = bench.keep(layer.backward(dy));
  const added = await gradientsOf(layer);
  for (const needs of combinations) {
    layer.zeroGrad();
    const dx = layer.backward(dy, { needs });
    if (dx !== null) bench.keep(dx);
    const what = `backward of a layer, needs dx: ${needs.dx}, affine: ${needs.affine}`;
    expectThat((dx !== null) === needs.dx, `${what}: dx is ${dx === null ? "null" : "a tensor"}`);
    if (dx !== null) expectSameBits(`${what}: dx`, await dx.data(), await whole.data());
    const zeros = { weight: [0, 0, 0], bias: [0, 0, 0] };
    expectUnchanged(`${what}, gradients of the parameters`, await gradientsOf(layer), needs.affine ? added : zeros);
  }
}

async function gradientsOf(layer: BatchNorm1d) {
  return {
    weight: (await layer.weight?.grad.data()) as ArrayLike<number>,
    bias: (await layer.bias?.grad.data()) as ArrayLike<number>,
  };
}

/** backward gives what is needed, the same as when all is, and null for the rest. */
export const needsChecks: readonly Check[] = [
  ...passes
    .filter(({ takes }) => takes.includes("dy"))
    .flatMap((operation) => benchChecks(requirement, operation.name, (bench) => askOperation(bench, operation))),
  ...benchChecks(requirement, "a layer", askLayer),
];
