import type { Check } from "../../check.js";
import { expectRefusal } from "./refusal.js";
import { ownershipCheck, type Workbench } from "./workbench.js";

/** The variance M2 / (count - correction) of a count that is the correction. */
async function askNothingToDivideBy(bench: Workbench): Promise<void> {
  const { backend } = bench;
  const running = { mean: bench.state([1, 2]), variance: bench.state([3, 4]) };
  const moments = bench.keep(backend.importMoments(Float64Array.of(1, 5, 6, 0, 0, 0, 0)));
  const run = () => {
    backend.move(running, moments, 0.25, 1);
    return {};
  };
  const codes = ["ERR_OPTION", "ERR_ONE_VALUE_PER_CHANNEL"] as const;
  await expectRefusal(backend, run, codes, "move() by moments of one value per channel with correction 1");
}

/** Moments of one value per channel have no unbiased variance. */
export function moveChecks(): readonly Check[] {
  return ownershipCheck("one-value-per-channel", "move by moments of one value", askNothingToDivideBy);
}
