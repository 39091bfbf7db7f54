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
import { type TensorFlow, type TfjsEngine, useEngine } from "./engine.js";

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
      return inProcess(baselineRunner(tf, workload, task), use);
    },
  };
}

function baselineRunner(tf: TensorFlow, workload: Workload, { operation, activation, outputs }: TimedTask): Runner {
  const { shape, layout, dtype } = workload.case;
  if (dtype !== "float32") throw new Unsupported(`TensorFlow.js has no ${dtype}`);
  if (outputs !== "fresh") throw new Unsupported("TensorFlow.js makes a new tensor for every result");
  if (operation === "backward") {
    throw new Unsupported("tf.grads computes the forward pass with every backward pass: see the step");
  }
  const folded = [...foldedShape(shape, layout === "channels-last")];
  const channelsLast = layout === "channels-last" || shape.length === 2;
  const axes = folded.map((_, axis) => axis).filter((axis) => axis !== (channelsLast ? folded.length - 1 : 1));
  const m = workload.x.length / workload.channels;
  const correction = m / (m - 1); // which makes a biased variance unbiased
  const ofChannels = (values: ArrayLike<number>) => tf.tensor1d(Float32Array.from(values));
  const variable = (values: ArrayLike<number>) => tf.tidy(() => tf.variable(ofChannels(values), false));
  const x = tf.tensor(workload.x, [...shape]);
  const dy = tf.tensor(workload.dy, folded);
  const [weight, bias] = [ofChannels(workload.weight), ofChannels(workload.bias)];
  const [runningMean, runningVar] = [variable(workload.runningMean), variable(workload.runningVar)];

  const move = (running: Variable, batch: Tensor) =>
    running.assign(running.mul(1 - defaultMomentum).add(batch.mul(defaultMomentum)));

  const normalize = (of: Tensor, mean: Tensor, variance: Tensor, gamma: Tensor, beta: Tensor) => {
    const parameters = [mean, variance, beta, gamma] as [Tensor<never>, Tensor<never>, Tensor<never>, Tensor<never>];
    const last = (values: Tensor) => tf.batchNorm(values, ...parameters, defaultEps);
    const y = channelsLast ? last(of) : last(of.transpose([0, 2, 3, 1])).transpose([0, 3, 1, 2]);
    return activation === "relu" ? y.relu() : y;
  };

  const train = (of: Tensor, gamma: Tensor, beta: Tensor) => {
    const { mean, variance } = tf.moments(of, axes);
    move(runningMean, mean);
    move(runningVar, variance.mul(correction));
    return normalize(of, mean, variance, gamma, beta);
  };

  const running = async () => ({ running_mean: await floats(runningMean), running_var: await floats(runningVar) });

  const forward = (): Outcome => {
    const training = operation === "train";
    const y = tf.tidy(() => {
      const of = x.reshape(folded);
      return training ? train(of, weight, bias) : normalize(of, runningMean, runningVar, weight, bias);
    });
    const read = async () => ({ y: await floats(y), ...(training ? await running() : {}) });
    return { read, dispose: () => y.dispose() };
  };

  const step = (): Outcome => {
    const [y, dx, dweight, dbias] = tf.tidy(() => {
      const gradients = tf.valueAndGrads(train as (...args: Tensor[]) => Tensor);
      const { value, grads } = gradients([x.reshape(folded), weight, bias], dy);
      return [value, ...grads] as [Tensor, Tensor, Tensor, Tensor];
    });
    const read = async () => ({
      ...{ y: await floats(y), dx: await floats(dx), dweight: await floats(dweight), dbias: await floats(dbias) },
      ...(await running()),
    });
    return { read, dispose: () => tf.dispose([y, dx, dweight, dbias]) };
  };

  return {
    run: operation === "step" ? step : forward,
    sync: async () => {}, // these engines compute as they are asked: nothing is ever under way
    dispose: () => tf.dispose([x, dy, weight, bias, runningMean, runningVar]),
  };
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
