import { batchNorm } from "@batchnorm/layers";
import { type Check, expectThat } from "../../check.js";
import { makeInputs, type Operation, type Role, read, runOn, smallView, stateOperations } from "./operations.js";
import { expectRefusal, failureOf } from "./refusal.js";
import { dyadics, expectSame, expectUnchanged } from "./values.js";
import { ownershipCheck, type Workbench } from "./workbench.js";

const sentence = "only-states-are-written";

async function askWriting(bench: Workbench, operation: Operation, role: Role): Promise<void> {
  const { backend } = bench;
  const inputs = makeInputs(bench, smallView, 1);
  const values = dyadics(3, 9);
  const tensor = bench.tensor(values);
  const replaced = { ...inputs, [role]: tensor };
  const what = `${operation.name} with a tensor that is no state as ${role}`;
  await expectRefusal(backend, () => operation.run(backend, replaced, smallView, noOptions), ["ERR_ALIAS"], what);
  expectSame(values, await tensor.data(), `after ${what}: the tensor`);
}

const noOptions = { activation: null, out: null, needs: { dx: true, affine: true } } as const;

async function askCheck(bench: Workbench): Promise<void> {
  const { backend } = bench;
  const asked = (work: () => void) =>
    failureOf(backend, () => {
      work();
      return {};
    });
  const state = bench.state([1, 2, 3]);
  expectThat((await asked(() => backend.checkState(state))) === null, "checkState() refused a state");
  const inputs = makeInputs(bench, smallView, 1);
  const { y } = await runOn(bench, { ...trainOnly }, inputs, smallView);
  const tensors = { "a tensor": bench.tensor([1, 2, 3]), "a result": y as typeof state };
  for (const [name, tensor] of Object.entries(tensors)) {
    const work = () => {
      backend.checkState(tensor);
      return {};
    };
    await expectRefusal(backend, work, ["ERR_ALIAS"], `checkState() of ${name}`);
  }
}

const trainOnly: Operation = {
  name: "train",
  takes: ["x", "weight", "bias"],
  writes: [],
  out: true,
  run: (backend, t, view, o) => ({ ...backend.train(t.x, view, t, { eps: 0.5, ...o }) }),
};

/** Running statistics that are no states cannot move. */
async function askFunction(bench: Workbench): Promise<void> {
  const { backend } = bench;
  const x = bench.tensor(dyadics(12, 1), [4, 3]);
  for (const bad of ["runningMean", "runningVar"] as const) {
    const states = { runningMean: bench.state([1, 2, 3]), runningVar: bench.state([4, 5, 6]) };
    const running = { ...states, [bad]: bench.tensor([7, 8, 9]) };
    const before = await read(backend, running);
    const work = () => {
      const call = bench.keep(batchNorm(backend, x, { training: true, ...running }));
      return { y: call.y };
    };
    const what = `batchNorm() in training with a ${bad} that is no state`;
    await expectRefusal(backend, work, ["ERR_ALIAS"], what);
    expectUnchanged(before, await read(backend, running), `after ${what}`);
  }
}

/** A tensor that is no state is written by nothing. */
export function statesChecks(): readonly Check[] {
  return [
    ...stateOperations.flatMap((operation) =>
      operation.writes.flatMap((role) =>
        ownershipCheck(sentence, `${operation.name}, as ${role}`, (bench) => askWriting(bench, operation, role)),
      ),
    ),
    ...ownershipCheck(sentence, "checkState", askCheck),
    ...ownershipCheck(sentence, "the running statistics of batchNorm", askFunction),
  ];
}
