import type { Affine, View } from "@batchnorm/core";
import { reshaped, type Tensor, type TensorFlow } from "../tfjs.js";
import type { TensorPass } from "./engine.js";

/** The part of `@tensorflow/tfjs-node`'s engine that runs an operation of TensorFlow by its name. */
export interface TensorFlowBackend {
  readonly binding: Readonly<
    Record<"TF_ATTR_BOOL" | "TF_ATTR_FLOAT" | "TF_ATTR_STRING" | "TF_ATTR_TYPE" | "TF_FLOAT" | "TF_INT32", number>
  >;
  executeMultipleOutputs(
    name: string,
    attributes: readonly { name: string; type: number; value: unknown }[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}

/** Whether the engine runs operations of TensorFlow by their names, as that of tfjs-node does. */
export function isTensorFlow(engine: unknown): engine is TensorFlowBackend {
  const { binding, executeMultipleOutputs } = engine as Partial<TensorFlowBackend>;
  return typeof executeMultipleOutputs === "function" && typeof binding?.TF_ATTR_FLOAT === "number";
}

/** Mean and biased variance, `[channels]` each. */
interface MeanAndVariance {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

type Mode = "training" | "inference";
type Format = "NHWC" | "NCHW";

/** Operations of TensorFlow that TensorFlow.js has no function for. Rows are views whose inner is 1. Inside `tf.tidy`. */
export class TensorFlowOperations {
  readonly #tf: TensorFlow;
  readonly #engine: TensorFlowBackend;
  /** Whether the fused kernels are oneDNN's. */
  readonly oneDnn: boolean;

  constructor(tf: TensorFlow, engine: TensorFlowBackend) {
    this.#tf = tf;
    this.#engine = engine;
    this.oneDnn = tf.tidy(() => this.#isOneDnn());
  }

  /** `FusedBatchNormV3` in training, of rows, or of planes where it is oneDNN's: y before ReLU, and the batch's statistics. */
  train(pass: TensorPass): MeanAndVariance & { readonly z: Tensor } {
    const { x, view } = pass;
    const empty = this.#empty();
    const inputs = [asImages(this.#tf, x, view), ...this.#affine(pass, view), empty, empty];
    const attributes = this.#batchNorm(pass.eps, "training", formatOf(view));
    // outputs: y, mean, unbiased variance, then what the gradient takes: mean, biased variance, nothing
    const [z, mean, , , variance] = this.#run("FusedBatchNormV3", attributes, inputs, 6);
    return { z: reshaped(this.#tf, z as Tensor, x.shape), mean: mean as Tensor, variance: variance as Tensor };
  }

  /** `FusedBatchNormV3` of rows in inference: y before ReLU. */
  infer(pass: TensorPass, { mean, variance }: MeanAndVariance): Tensor {
    const { x, view } = pass;
    const perChannel = [...this.#affine(pass, view), mean, variance].map((one) =>
      reshaped(this.#tf, one, [view.channels]),
    );
    const inputs = [asImages(this.#tf, x, view), ...perChannel];
    const [z] = this.#run("FusedBatchNormV3", this.#batchNorm(pass.eps, "inference", formatOf(view)), inputs, 6);
    return reshaped(this.#tf, z as Tensor, x.shape);
  }

  /** `FusedBatchNormGradV3` in training, of rows, or of planes, which only oneDNN's takes without transposing them. */
  gradients(
    pass: TensorPass,
    { mean, variance }: MeanAndVariance,
    dz: Tensor,
  ): Readonly<Record<"dx" | "dweight" | "dbias", Tensor>> {
    const { x, view } = pass;
    const [weight] = this.#affine(pass, view);
    const images = [dz, x].map((one) => asImages(this.#tf, one, view));
    const inputs = [...images, weight as Tensor, mean, variance, this.#empty()];
    const attributes = this.#batchNorm(pass.eps, "training", formatOf(view));
    const [dx, dweight, dbias] = this.#run("FusedBatchNormGradV3", attributes, inputs, 5);
    return { dx: reshaped(this.#tf, dx as Tensor, x.shape), dweight: dweight as Tensor, dbias: dbias as Tensor };
  }

  /** `EuclideanNorm` over one axis of a matrix, the square root of a sum of squares: it writes no squares in between. */
  norms(matrix: Tensor, axis: 0 | 1): Tensor {
    const { TF_ATTR_BOOL, TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = this.#engine.binding;
    const attributes = [
      { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: "Tidx", type: TF_ATTR_TYPE, value: TF_INT32 },
      { name: "keep_dims", type: TF_ATTR_BOOL, value: false },
    ];
    const [norms] = this.#run("EuclideanNorm", attributes, [matrix, this.#tf.tensor([axis], [1], "int32")], 1);
    return norms as Tensor;
  }

  #run(...call: Parameters<TensorFlowBackend["executeMultipleOutputs"]>): Tensor[] {
    return this.#engine.executeMultipleOutputs(...call);
  }

  /** By the last output, which only TensorFlow's gradient kernels on a GPU read: its own kernel gives a scalar, oneDNN's nothing. */
  #isOneDnn(): boolean {
    const tf = this.#tf;
    const numbers = tf.ones([1]);
    const inputs = [tf.ones([1, 1, 1, 1]), numbers, numbers, numbers, numbers];
    const outputs = this.#run("FusedBatchNormV3", this.#batchNorm(1, "inference"), inputs, 6);
    return outputs.at(-1)?.size === 0;
  }

  #empty(): Tensor {
    return this.#tf.tensor([], [0], "float32");
  }

  #affine({ weight, bias }: Affine<Tensor>, { channels }: View): Tensor[] {
    const tf = this.#tf;
    return [weight ?? tf.ones([channels]), bias ?? tf.zeros([channels])].map((one) => reshaped(tf, one, [channels]));
  }

  #batchNorm(eps: number, mode: Mode, format: Format = "NHWC") {
    const { TF_ATTR_BOOL, TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_TYPE, TF_FLOAT } = this.#engine.binding;
    return [
      { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: "U", type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: "epsilon", type: TF_ATTR_FLOAT, value: eps },
      { name: "data_format", type: TF_ATTR_STRING, value: format },
      { name: "is_training", type: TF_ATTR_BOOL, value: mode === "training" },
    ];
  }
}

function formatOf({ inner }: View): Format {
  return inner === 1 ? "NHWC" : "NCHW";
}

/** A tensor of any rank, as the kernels take it. */
function asImages(tf: TensorFlow, x: Tensor, { outer, channels, inner }: View): Tensor {
  return reshaped(tf, x, inner === 1 ? [outer, 1, 1, channels] : [outer, channels, 1, inner]);
}
