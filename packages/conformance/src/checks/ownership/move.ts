import { benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";

/** The variance M2 / (count - correction) of a count that is the correction. */
export const moveChecks = benchChecks("one-value-per-channel", "move by moments of one value", async (bench) => {
  const { backend } = bench;
  const running = { mean: bench.state([1, 2]), variance: bench.state([3, 4]) };
  const moments = bench.keep(backend.importMoments(Float64Array.of(1, 5, 6, 0, 0, 0, 0)));
  const run = () => backend.move(running, moments, 0.25, 1);
  const code = ["ERR_OPTION", "ERR_ONE_VALUE_PER_CHANNEL"] as const;
  await expectRefusal(backend, "move() by moments of one value per channel with correction 1", { code }, run);
});
