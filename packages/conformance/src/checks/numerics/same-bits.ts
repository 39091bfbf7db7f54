import type { Check } from "../../check.js";
import { benchChecks } from "../semantics/bench.js";
import { batchOf, ordinary, sizes, views } from "./batch.js";
import { expectSameBits } from "./bits.js";
import { layerResults } from "./layer-results.js";

const larger = [...views, { outer: 40, channels: 6, inner: 30 }];

/** Batches of other values and sizes, which leave something else behind. */
const between = [
  batchOf({ outer: 5, channels: 7, inner: 11 }, (random) => 100 + 50 * random.normal(), { seed: 3 }),
  batchOf({ outer: 90, channels: 4, inner: 1 }, (random) => -1e3 * random.uniform(), { seed: 4 }),
];

export const sameBitsChecks: readonly Check[] = (["train", "eval"] as const).flatMap((mode) =>
  [null, "relu" as const].flatMap((activation) =>
    benchChecks(
      "same-bits",
      `other batches in between, in ${mode}${activation === null ? "" : ` with ${activation}`}`,
      async ({ backend, dtype }) => {
        const setting = { dtype, mode, activation };
        for (const view of larger) {
          const batch = batchOf(view, ordinary, { seed: 9 });
          const first = await layerResults(backend, batch, setting);
          expectSameBits(`${sizes(view)}, once more`, await layerResults(backend, batch, setting), first);
          for (const other of between) {
            await layerResults(backend, other, setting);
            await layerResults(backend, { ...batch, x: batch.dy, dy: batch.x }, setting);
            expectSameBits(`${sizes(view)}, after other batches`, await layerResults(backend, batch, setting), first);
          }
        }
      },
    ),
  ),
);
