import { type CpuTensor, createCpuBackend } from "@batchnorm/backend-cpu";
import { fullOptions, type Pass, type ReferencePass, referencePass } from "@batchnorm/conformance";
import { type BatchNorm, BatchNorm1d, BatchNorm2d, type StateDict } from "@batchnorm/layers";
import { channels, type Kind } from "./batches.js";
import type { ExplainOptions } from "./options.js";

/** One pass through the layer and back, with what the specification says of it from the state that the layer was in. */
export interface LayerPass {
  readonly dy: Float32Array;
  readonly y: ArrayLike<number>;
  readonly dx: ArrayLike<number>;
  readonly dGamma: ArrayLike<number>;
  readonly dBeta: ArrayLike<number>;
  readonly after: StateDict;
  readonly reference: ReferencePass;
}

/** A layer's way through the lesson. */
export interface LayerRun {
  /** the layer in PyTorch's form */
  readonly description: string;
  readonly backend: string;
  /** its state before the first batch */
  readonly start: StateDict;
  /** a training pass for each batch, and inference on the first batch */
  readonly passes: readonly LayerPass[];
}

/**
 * Runs the batches through BatchNorm1d or BatchNorm2d on backend-cpu, in float32.
 *
 * @throws ShapeError for one value per channel
 */
export async function runLayer(
  kind: Kind,
  { eps, momentum, gamma, beta }: ExplainOptions,
  shape: readonly number[],
  batches: readonly Float32Array[],
  dy: Float32Array,
): Promise<LayerRun> {
  const backend = createCpuBackend();
  const numFeatures = channels.length;
  const layer: BatchNorm<CpuTensor> = new (kind === "dense" ? BatchNorm1d : BatchNorm2d)(backend, numFeatures, {
    eps,
    momentum,
  });
  const full = fullOptions({ kind: kind === "dense" ? "BatchNorm1d" : "BatchNorm2d", numFeatures, eps, momentum });
  const run = async (mode: Pass["mode"], x: Float32Array): Promise<LayerPass> => {
    const reference = referencePass(full, await layer.stateDict(), { mode, shape, x, dy }, "float32");
    layer.train(mode === "train").zeroGrad();
    const y = await layer.forward(backend.tensor(x, shape)).data();
    const dx = await layer.backward(backend.tensor(dy, shape)).data();
    const [dGamma = [], dBeta = []] = await Promise.all(layer.parameters().map(({ grad }) => grad.data()));
    return { dy, y, dx, dGamma, dBeta, after: await layer.stateDict(), reference };
  };
  try {
    const every = (value: number) => new Array<number>(numFeatures).fill(value);
    layer.loadStateDict({ ...(await layer.stateDict()), weight: every(gamma), bias: every(beta) });
    const start = await layer.stateDict();
    const passes: LayerPass[] = [];
    for (const x of batches) passes.push(await run("train", x));
    passes.push(await run("eval", batches[0] as Float32Array));
    return { description: layer.toString(), backend: backend.name, start, passes };
  } finally {
    layer.dispose();
  }
}
