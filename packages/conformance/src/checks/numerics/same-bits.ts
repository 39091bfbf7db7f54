import type { Check } from "../../check.js";
import { benchChecks } from "../bench.js";
import { expectUnchanged } from "../values.js";
import { batchOf, ordinary, sizes, views } from "./batch.js";
import { layerResults } from "./layer-results.js";

const larger = [...views, { outer: 40, channels: 6, inner: 30 }];

/** Batches of other values and sizes, which leave something else behind. */
const between = [
  batchOf({ outer: 5, channels: 7, inner: 11 }, (random) => 100 + 50 * random.normal(), { seed: 3 }),
  batchOf({ outer: 90, channels: 4, inner: 1 }, (random) => -1e3 * random.uniform(), { seed: 4 }),
];

/** Enough for several threads, and for every size of block. */
const largest = [
  { outer: 2, channels: 3, inner: 200_003 },
  { outer: 100_003, channels: 5, inner: 1 },
];

const oneAfterTheOther = (["train", "eval"] as const).flatMap((mode) =>
  [null, "relu" as const].flatMap((activation) =>
    benchChecks(
      "same-bits",
      `other batches in between, in ${mode}${activation === null ? "" : ` with ${activation}`}`,
      async (bench) => {
        const setting = { mode, activation };
        for (const view of larger) {
          const batch = batchOf(view, ordinary, { seed: 9 });
          const first = await layerResults(bench, batch, setting);
          expectUnchanged(`${sizes(view)}, once more`, await layerResults(bench, batch, setting), first);
          for (const other of between) {
            await layerResults(bench, other, setting);
            await layerResults(bench, { ...batch, x: batch.dy, dy: batch.x }, setting);
            expectUnchanged(`${sizes(view)}, after other batches`, await layerResults(bench, batch, setting), first);
          }
        }
      },
    ),
  ),
);

const many = benchChecks(
  "same-bits",
  "a million values, once more",
  async (bench) => {
    for (const view of largest) {
      const batch = batchOf(view, ordinary, { seed: 9 });
      const setting = { mode: "train", activation: "relu" } as const;
      const first = await layerResults(bench, batch, setting);
      expectUnchanged(`${sizes(view)}, once more`, await layerResults(bench, batch, setting), first);
    }
  },
  { large: true },
);

export const sameBitsChecks: readonly Check[] = [...oneAfterTheOther, ...many];
