/**
 * TensorFlow.js alone, as its users write batch normalization on any engine: tf.moments and tf.batchNorm in training,
 * their gradients by the tape, tf.batchNorm alone in inference.
 *
 * - tf.batchNorm is right only where the channels are last, so that channels-first tensors are transposed before and
 *   after it. The other right way, broadcasting arithmetic, took longer.
 * - Its gradient takes four dimensions at most: those between the first and the channels are folded, which is free.
 * - Running statistics move as ours do, by variables, so that all do the same work.
 */

import { defaultEps, defaultMomentum } from "@batchnorm/core";
import type { Absent } from "@batchnorm/optional-components";
import type { Tensor, Variable } from "@tensorflow/tfjs";
import {
  type Implementation,
  type ImplementationDescription,
  sanityLimit,
  Unsupported,
} from "../implementations/implementation.js";
import { inProcess, type Outcome, type Runner } from "../implementations/in-process.js";
import type { TimedTask } from "../operations.js";
import type { Workload } from "../workload.js";
import { type TensorFlow, type TfjsEngine, useEngine } from "./engines.js";

/** What people are told of it, wherever it runs. */
export function baselineTfjsDescription(engine: TfjsEngine["name"]): ImplementationDescription {
  return {
    name: `baseline tfjs-${engine}`,
    kind: "peer",
    about: `TensorFlow.js alone on its ${engine} engine: tf.moments and tf.batchNorm, gradients by tf.valueAndGrads`,
    threads: 1,
    limit: () => sanityLimit,
    tensorsHeld: 45, // a step makes some forty, and keeps them to its end
  };
}

/** TensorFlow.js alone on an engine, in this process; or why this machine cannot run that engine. */
export async function baselineTfjs(engine: TfjsEngine): Promise<Implementation | Absent> {
  const tf = await engine.load();
  if ("reason" in tf) return tf;
  tf.enableProdMode();
  const use = () => useEngine(tf, engine);
  return {
    ...baselineTfjsDescription(engine.name),
    version: tf.version.tfjs,
    prepare: async (workload, task) => {
      await use();
      return inProcess(new BaselineRunner(tf, workload, task), use);
    },
  };
}

class BaselineRunner implements Runner {
  readonly #tf: TensorFlow;
  readonly #task: TimedTask;
  readonly #shape: readonly number[];
  readonly #channelsLast: boolean;
  readonly #x: Tensor;
  readonly #dy: Tensor;
  readonly #weight: Tensor;
  readonly #bias: Tensor;
  readonly #mean: Variable;
  readonly #variance: Variable;
  /** m / (m - 1), which makes a biased variance unbiased */
  readonly #correction: number;

  constructor(tf: TensorFlow, workload: Workload, task: TimedTask) {
    const { shape, layout, dtype } = workload.case;
    if (dtype !== "float32") throw new Unsupported(`TensorFlow.js has no ${dtype}`);
    if (task.outputs !== "fresh") throw new Unsupported("TensorFlow.js makes a new tensor for every result");
    if (task.operation === "backward") {
      throw new Unsupported("tf.grads computes the forward pass with every backward pass: see the step");
    }
    const m = workload.x.length / workload.channels;
    this.#tf = tf;
    this.#task = task;
    this.#shape = foldedShape(shape, layout === "channels-last");
    this.#channelsLast = layout === "channels-last" || shape.length === 2;
    this.#x = tf.tensor(workload.x, [...shape]);
    this.#dy = tf.tensor(workload.dy, [...this.#shape]);
    this.#weight = tf.tensor1d(Float32Array.from(workload.weight));
    this.#bias = tf.tensor1d(Float32Array.from(workload.bias));
    this.#mean = tf.tidy(() => tf.variable(tf.tensor1d(Float32Array.from(workload.runningMean)), false));
    this.#variance = tf.tidy(() => tf.variable(tf.tensor1d(Float32Array.from(workload.runningVar)), false));
    this.#correction = m / (m - 1);
  }

  run(): Outcome {
    return this.#task.operation === "step" ? this.#step() : this.#forward();
  }

  /** These engines compute as they are asked: nothing is ever under way. */
  async sync(): Promise<void> {}

  dispose(): void {
    this.#tf.dispose([this.#x, this.#dy, this.#weight, this.#bias, this.#mean, this.#variance]);
  }

  #forward(): Outcome {
    const training = this.#task.operation === "train";
    const y = this.#tf.tidy(() =>
      training ? this.#train(this.#folded(), this.#weight, this.#bias) : this.#infer(this.#folded()),
    );
    return {
      read: async () => ({ y: await floats(y), ...(training ? await this.#running() : {}) }),
      dispose: () => y.dispose(),
    };
  }

  #step(): Outcome {
    const tf = this.#tf;
    const [y, dx, dweight, dbias] = tf.tidy(() => {
      const forward = (x: Tensor, weight: Tensor, bias: Tensor) => this.#train(x, weight, bias);
      const inputs = [this.#folded(), this.#weight, this.#bias];
      const { value, grads } = tf.valueAndGrads(forward as (...args: Tensor[]) => Tensor)(inputs, this.#dy);
      return [value, ...grads] as [Tensor, Tensor, Tensor, Tensor];
    });
    return {
      read: async () => ({
        y: await floats(y),
        dx: await floats(dx),
        dweight: await floats(dweight),
        dbias: await floats(dbias),
        ...(await this.#running()),
      }),
      dispose: () => tf.dispose([y, dx, dweight, dbias]),
    };
  }

  #folded(): Tensor {
    return this.#x.reshape([...this.#shape]);
  }

  #train(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
    const tf = this.#tf;
    const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== (this.#channelsLast ? x.rank - 1 : 1));
    const { mean, variance } = tf.moments(x, axes);
    this.#move(this.#mean, mean);
    this.#move(this.#variance, variance.mul(this.#correction));
    return this.#normalize(x, mean, variance, weight, bias);
  }

  #infer(x: Tensor): Tensor {
    return this.#normalize(x, this.#mean, this.#variance, this.#weight, this.#bias);
  }

  #normalize(x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, bias: Tensor): Tensor {
    const normalize = (values: Tensor) =>
      this.#tf.batchNorm(
        values,
        mean as Tensor<never>,
        variance as Tensor<never>,
        bias as Tensor<never>,
        weight as Tensor<never>,
        defaultEps,
      );
    const y = this.#channelsLast ? normalize(x) : normalize(x.transpose([0, 2, 3, 1])).transpose([0, 3, 1, 2]);
    return this.#task.activation === "relu" ? y.relu() : y;
  }

  #move(running: Variable, batch: Tensor): void {
    running.assign(running.mul(1 - defaultMomentum).add(batch.mul(defaultMomentum)));
  }

  async #running() {
    return { running_mean: await floats(this.#mean), running_var: await floats(this.#variance) };
  }
}

async function floats(tensor: Tensor): Promise<Float32Array> {
  return (await tensor.data<"float32">()).slice();
}

/** Four dimensions for five, the same order of memory. */
function foldedShape(shape: readonly number[], channelsLast: boolean): readonly number[] {
  if (shape.length < 5) return shape;
  const [n, a, b, c, d] = shape as [number, number, number, number, number];
  return channelsLast ? [n, a * b, c, d] : [n, a, b * c, d];
}
