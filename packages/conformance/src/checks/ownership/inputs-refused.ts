import type { Check } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";
import { everything, type Inputs, makeInputs, type Operation, operations, smallView } from "./operations.js";
import { unusable } from "./unusable.js";

const sentence = "inputs-refused";

async function askOperation(bench: Bench, operation: Operation): Promise<void> {
  const { backend } = bench;
  const inputs = makeInputs(bench, smallView, 1);
  for (const role of operation.takes) {
    for (const { what, thing, codes } of await unusable(bench, operation, inputs, role)) {
      const replaced = { ...inputs, [role]: thing } as Inputs;
      const run = () => operation.run(backend, replaced, smallView, everything);
      await expectRefusal(backend, `${operation.name} with ${what} as ${role}`, { code: codes }, run);
    }
  }
}

async function askReading(bench: Bench): Promise<void> {
  for (const maker of ["tensor", "state"] as const) {
    const made = bench[maker]([1, 2, 3]);
    bench.drop(made);
    await expectRefusal(bench.backend, `data() of a disposed ${maker}`, { code: "ERR_DISPOSED" }, () => made.data());
  }
}

async function askCheckState(bench: Bench): Promise<void> {
  const { backend } = bench;
  const state = bench.state([1, 2, 3]);
  bench.drop(state);
  const check = () => backend.checkState(state);
  await expectRefusal(backend, "checkState() of a disposed state", { code: "ERR_DISPOSED" }, check);
}

/** What an operation cannot use, it refuses. */
export function inputsRefusedChecks(): readonly Check[] {
  return [
    ...operations.flatMap((operation) =>
      benchChecks(sentence, operation.name, (bench) => askOperation(bench, operation)),
    ),
    ...benchChecks(sentence, "data of what was disposed", askReading),
    ...benchChecks(sentence, "checkState of a disposed state", askCheckState),
  ];
}
