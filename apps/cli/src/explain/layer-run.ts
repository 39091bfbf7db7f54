import { type CpuTensor, createCpuBackend } from "@batchnorm/backend-cpu";
import { type CaseOptions, fullOptions, type Pass, type ReferencePass, referencePass } from "@batchnorm/conformance";
import { type BatchNorm, BatchNorm1d, BatchNorm2d, type StateDict } from "@batchnorm/layers";
import { channels, type Kind } from "./batches.js";
import type { ExplainOptions } from "./options.js";

/** One pass through the layer, with what the specification says of it from the state that the layer was in. */
export interface LayerPass {
  readonly pass: Pass;
  readonly y: ArrayLike<number>;
  /** null where the pass has no dy, as those below */
  readonly dx: ArrayLike<number> | null;
  readonly dGamma: ArrayLike<number> | null;
  readonly dBeta: ArrayLike<number> | null;
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
  const layerKind = kind === "dense" ? BatchNorm1d : BatchNorm2d;
  const caseKind = kind === "dense" ? "BatchNorm1d" : "BatchNorm2d";
  const numFeatures = channels.length;
  const layer: BatchNorm<CpuTensor> = new layerKind(backend, numFeatures, { eps, momentum });
  try {
    const every = (value: number) => new Array<number>(numFeatures).fill(value);
    layer.loadStateDict({ ...(await layer.stateDict()), weight: every(gamma), bias: every(beta) });
    const start = await layer.stateDict();
    const options = { kind: caseKind, numFeatures, eps, momentum } as const;
    const passes: LayerPass[] = [];
    for (const pass of passesOf(shape, batches, dy)) {
      const tensor = (values: Pass["x"]) => backend.tensor(values, pass.shape);
      passes.push(await runPass(layer, options, tensor, pass));
    }
    return { description: layer.toString(), backend: backend.name, start, passes };
  } finally {
    layer.dispose();
  }
}

function passesOf(shape: readonly number[], batches: readonly Float32Array[], dy: Float32Array): Pass[] {
  const training = batches.map((x, i): Pass => ({ mode: "train", shape, x, dy: i === 0 ? dy : null }));
  return [...training, { mode: "eval", shape, x: batches[0] as Float32Array, dy }];
}

async function runPass(
  layer: BatchNorm<CpuTensor>,
  options: CaseOptions,
  tensor: (values: Pass["x"]) => CpuTensor,
  pass: Pass,
): Promise<LayerPass> {
  const reference = referencePass(fullOptions(options), await layer.stateDict(), pass, "float32");
  layer.train(pass.mode === "train");
  layer.zeroGrad();
  const x = tensor(pass.x);
  const y = layer.forward(x);
  const dx = pass.dy === null ? null : layer.backward(tensor(pass.dy));
  return {
    pass,
    y: await y.data(),
    dx: (await dx?.data()) ?? null,
    dGamma: dx === null ? null : ((await layer.weight?.grad.data()) ?? null),
    dBeta: dx === null ? null : ((await layer.bias?.grad.data()) ?? null),
    after: await layer.stateDict(),
    reference,
  };
}
