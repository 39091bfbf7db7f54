import type { Tensor } from "@batchnorm/core";
import { batchNorm } from "@batchnorm/layers";
import { type Check, expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal, failureOf } from "../refusal.js";
import { expectSameBits, expectUnchanged } from "../values.js";
import { dyadics } from "./dyadics.js";
import {
  everything,
  makeInputs,
  type Operation,
  operations,
  type Role,
  read,
  runOn,
  smallView,
  stateOperations,
} from "./operations.js";

const requirement = "only-states-are-written";

async function askWriting(bench: Bench, operation: Operation, role: Role): Promise<void> {
  const { backend } = bench;
  const inputs = makeInputs(bench, smallView, 1);
  const values = dyadics(3, 9);
  const tensor = bench.tensor(values);
  const replaced = { ...inputs, [role]: tensor };
  const what = `${operation.name} with a tensor that is no state as ${role}`;
  await expectRefusal(backend, what, { code: "ERR_ALIAS" }, () =>
    operation.run(backend, replaced, smallView, everything),
  );
  expectSameBits(`after ${what}: the tensor`, await tensor.data(), values);
}

async function askCheck(bench: Bench): Promise<void> {
  const { backend } = bench;
  const [state, other] = [bench.state([1, 2, 3]), bench.tensor([4, 5, 6])];
  const refused = await failureOf(backend, () => backend.assign(state, other));
  expectThat(refused === null, "assign() refused a state");
  await expectNoState(bench, "a tensor", bench.tensor([1, 2, 3]));
  const inputs = makeInputs(bench, smallView, 1);
  for (const operation of operations) {
    for (const [name, result] of Object.entries(await runOn(bench, operation, inputs, smallView))) {
      if (result !== null && "data" in result) await expectNoState(bench, `${name} of ${operation.name}`, result);
    }
  }
}

function expectNoState({ backend }: Bench, what: string, tensor: Tensor): Promise<unknown> {
  return expectRefusal(backend, `assign() to ${what}`, { code: "ERR_ALIAS" }, () => backend.assign(tensor, tensor));
}

/** Running statistics that are no states cannot move. */
async function askFunction(bench: Bench): Promise<void> {
  const { backend } = bench;
  const x = bench.tensor(dyadics(12, 1), [4, 3]);
  for (const bad of ["runningMean", "runningVar"] as const) {
    const states = { runningMean: bench.state([1, 2, 3]), runningVar: bench.state([4, 5, 6]) };
    const running = { ...states, [bad]: bench.tensor([7, 8, 9]) };
    const before = await read(running);
    const work = () => {
      const call = bench.keep(batchNorm(backend, x, { training: true, ...running }));
      return { y: call.y };
    };
    const what = `batchNorm() in training with a ${bad} that is no state`;
    await expectRefusal(backend, what, { code: "ERR_ALIAS" }, work);
    expectUnchanged(`after ${what}`, await read(running), before);
  }
}

/** A tensor that is no state is written by nothing. */
export const statesChecks: readonly Check[] = [
  ...stateOperations.flatMap((operation) =>
    operation.writes.flatMap((role) =>
      benchChecks(requirement, `${operation.name}, as ${role}`, (bench) => askWriting(bench, operation, role)),
    ),
  ),
  ...benchChecks(requirement, "tensors and results are no states", askCheck),
  ...benchChecks(requirement, "the running statistics of batchNorm", askFunction),
];
