import type { Check } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";
import { expectUnchanged } from "../values.js";
import { hasToFit, misfits } from "./misfits.js";
import {
  everything,
  type Inputs,
  makeInputs,
  type Operation,
  operations,
  type Results,
  type Role,
  read,
  smallView,
} from "./operations.js";
import { type Unusable, unusable } from "./unusable.js";

const requirement = "inputs-refused";

async function askUnusable(bench: Bench, operation: Operation): Promise<void> {
  const inputs = makeInputs(bench, smallView, 1);
  for (const role of operation.takes) {
    const written = operation.writes.filter((one) => one !== role);
    for (const one of await unusable(bench, operation, inputs, role)) {
      await expectRefused(bench, operation, inputs, { ...one, role, written });
    }
  }
}

async function askMisfits(bench: Bench, operation: Operation): Promise<void> {
  const inputs = makeInputs(bench, smallView, 1);
  for (const role of operation.takes) {
    for (const one of misfits(bench, operation, role)) {
      await expectRefused(bench, operation, inputs, { ...one, role, written: operation.writes });
    }
  }
}

/** Refuses inputs for what is in a role, and has written none of its states. */
async function expectRefused(
  { backend }: Bench,
  operation: Operation,
  fitting: Inputs,
  { what, thing, codes, role, written }: Unusable & { readonly role: Role; readonly written: readonly Role[] },
): Promise<void> {
  const inputs: Inputs = { ...fitting, [role]: thing };
  const states: Results = Object.fromEntries(written.map((one) => [one, inputs[one]]));
  const before = await read(states);
  const call = `${operation.name} with ${what} as ${role}`;
  await expectRefusal(backend, call, { code: codes }, () => operation.run(backend, inputs, smallView, everything));
  expectUnchanged(`after ${call} was refused`, await read(states), before);
}

async function askReading(bench: Bench): Promise<void> {
  for (const maker of ["tensor", "state"] as const) {
    const made = bench[maker]([1, 2, 3]);
    bench.drop(made);
    await expectRefusal(bench.backend, `data() of a disposed ${maker}`, { code: "ERR_DISPOSED" }, () => made.data());
  }
}

/** What an operation cannot use, it refuses. */
export const inputsRefusedChecks: readonly Check[] = [
  ...operations.flatMap((operation) =>
    benchChecks(requirement, operation.name, (bench) => askUnusable(bench, operation)),
  ),
  ...operations
    .filter(hasToFit)
    .flatMap((operation) =>
      benchChecks(requirement, `${operation.name}, of another size`, (bench) => askMisfits(bench, operation)),
    ),
  ...benchChecks(requirement, "data of what was disposed", askReading),
];
