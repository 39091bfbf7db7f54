import type { Activation } from "@batchnorm/core";
import { Bench } from "../bench.js";
import { shapeOf } from "../shape.js";
import type { Named } from "../values.js";
import { type Batch, byChannel } from "./batch.js";

export interface Setting {
  readonly mode: "train" | "eval";
  readonly activation: Activation;
}

/** Everything that a layer makes of a batch, and the batch's moments. */
export function layerResults(
  { subject, dtype }: Bench,
  { view, ...batch }: Batch,
  { mode, activation }: Setting,
): Promise<Named> {
  return Bench.use(subject, dtype, async (bench) => {
    const { backend, keep, tensor } = bench;
    const { channels } = view;
    const layer = bench.layer(channels, { activation });
    layer.loadStateDict({
      weight: byChannel(channels, (c) => 0.7 + c),
      bias: byChannel(channels, (c) => 0.3 - c),
      running_mean: byChannel(channels, (c) => c / 3),
      running_var: byChannel(channels, (c) => 1 + c / 7),
      num_batches_tracked: 0,
    });
    layer.train(mode === "train");
    const [x, dy] = [tensor(batch.x, shapeOf(view)), tensor(batch.dy, shapeOf(view))];
    const call = keep(layer.call(x));
    const y = keep(call.y);
    const dx = keep(call.backward(dy));
    const { running_mean = [], running_var = [] } = await layer.stateDict();
    return {
      ...(mode === "train" && { moments: await keep(backend.moments({ x, view })).export() }),
      y: await y.data(),
      running_mean,
      running_var,
      dx: await dx.data(),
      dweight: (await layer.weight?.grad.data()) ?? [],
      dbias: (await layer.bias?.grad.data()) ?? [],
    };
  });
}
