import type { Check } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { Random } from "../random.js";
import { expectNear } from "./expectations.js";

/** Of every size that learning rates have, and of either sign; the smallest changes only the last bits. */
const rates = [0, 0.1, -0.1, 1e-3, 1e-6, 3e-8, 0.7, 1e6];

const channels = 37;

/** Holds parameter -= rate * gradient to its exact value, rounded once or twice. */
async function anyRate(bench: Bench): Promise<void> {
  const { backend, state, tensor } = bench;
  const random = new Random(19);
  const values = () => Array.from({ length: channels }, () => Math.fround(1 + random.uniform()));
  const [from, to] = [values(), values()];
  for (const rate of rates) {
    const parameter = state(to);
    backend.axpy(-rate, tensor(from), parameter);
    const expected = to.map((value, i) => value - rate * (from[i] as number));
    const what = { name: `axpy(${-rate}, x, state)`, mode: "train", operation: "weight" } as const;
    await expectNear(bench, what, await parameter.data(), expected);
  }
}

export const axpyChecks: readonly Check[] = benchChecks("step", "rates of any size", anyRate);
