import type { Activation, Backend, DType, Tensor } from "@batchnorm/core";
import { BatchNorm1d } from "@batchnorm/layers";
import { type Keep, keeping } from "../agreement/keeping.js";
import { type Batch, shapeOf } from "./batch.js";
import type { Named } from "./bits.js";

export interface Setting {
  readonly dtype: DType;
  readonly mode: "train" | "eval";
  readonly activation: Activation;
}

/** Everything that a layer makes of a batch, and the batch's moments. */
export function layerResults(backend: Backend, batch: Batch, { dtype, mode, activation }: Setting): Promise<Named> {
  return keeping(async (keep) => {
    const { channels } = batch.view;
    const layer = keep(new BatchNorm1d(backend, channels, { dtype, activation }));
    const byChannel = (value: (c: number) => number) => Array.from({ length: channels }, (_, c) => value(c));
    layer.loadStateDict({
      weight: byChannel((c) => 0.7 + c),
      bias: byChannel((c) => 0.3 - c),
      running_mean: byChannel((c) => c / 3),
      running_var: byChannel((c) => 1 + c / 7),
      num_batches_tracked: 0,
    });
    layer.train(mode === "train");
    const [x, dy] = tensors(backend, batch, dtype, keep);
    const call = keep(layer.call(x));
    const y = keep(call.y);
    const dx = keep(call.backward(dy));
    const { running_mean = [], running_var = [] } = await layer.stateDict();
    return {
      ...(mode === "train" && { moments: await momentsOf(backend, batch, x, keep) }),
      y: await y.data(),
      running_mean,
      running_var,
      dx: await dx.data(),
      dweight: (await layer.weight?.grad.data()) ?? [],
      dbias: (await layer.bias?.grad.data()) ?? [],
    };
  });
}

function tensors(backend: Backend, { view, x, dy }: Batch, dtype: DType, keep: Keep): [Tensor, Tensor] {
  return [keep(backend.tensor(x, shapeOf(view), dtype)), keep(backend.tensor(dy, shapeOf(view), dtype))];
}

function momentsOf(backend: Backend, { view }: Batch, x: Tensor, keep: Keep): Promise<Float64Array> {
  return backend.exportMoments(keep(backend.moments(x, view)));
}
