import { type Backend, OptionError, type VisibleTensor } from "@batchnorm/core";
import { checkFlag, checkOptionNames, describe } from "@batchnorm/core/checks";
import { TfjsBackend } from "./backend.js";
import { ComposedEngine } from "./engines/composed.js";
import type { Engine } from "./engines/engine.js";
import { HostEngine } from "./engines/host.js";
import { TensorFlowEngine } from "./engines/tensorflow.js";
import { isTensorFlow } from "./engines/tensorflow-operations.js";
import { traitsOf } from "./engines/traits.js";
import type { TensorFlow } from "./tfjs.js";

export interface TfjsBackendOptions {
  /**
   * A backend in host memory, such as `createCpuBackend()`, whose kernels do the work. Only where TensorFlow.js runs on
   * its `cpu` engine, whose tensors lie in host memory as well.
   */
  readonly host?: Backend<VisibleTensor> | null;
  /**
   * Whether statistics are summed in stages and of data that are shifted where they are far from 0: true by default.
   *
   * False is quicker and less exact. On tfjs-node TensorFlow's fused kernel computes what it can then: its float32 sums
   * are off by up to 2e-3 of a variance over 400,000 rows, and by several deviations on 1e6 + noise. On other engines
   * training makes two passes less, and loses the digits of data that are far from 0.
   */
  readonly precise?: boolean;
}

/**
 * Batch normalization on your TensorFlow.js, on the engine that it runs on now (`cpu`, `wasm`, `webgl`, `webgpu`, or
 * `tensorflow` of tfjs-node): `tf.Tensor` in, `tf.Tensor` out, float32. Layers and functions on it can be differentiated
 * by `tf.grads`, their states are `tf.Variable`s.
 *
 * On tfjs-node training runs TensorFlow's fused kernels where they are exact enough.
 *
 * @param tf `@tensorflow/tfjs-core` with an engine, `@tensorflow/tfjs` or `@tensorflow/tfjs-node`
 * @throws OptionError for options out of range, and for a host on an engine whose tensors are not in host memory
 */
export async function createTfjsBackend(tf: TensorFlow, options: TfjsBackendOptions = {}): Promise<TfjsBackend> {
  checkTensorFlow(tf);
  checkOptionNames(options, ["host", "precise"], "createTfjsBackend");
  const { host = null, precise = true } = options;
  checkFlag("precise", precise);
  await tf.ready();
  const engine = tf.getBackend();
  checkHost(host, engine);
  const name = host === null ? `tfjs-${engine}` : `tfjs-${engine}-${host.name}`;
  return new TfjsBackend({
    tf,
    name,
    threads: host?.capabilities.threads ?? threadsOf(tf),
    engine: engineOf(tf, host, precise),
  });
}

/** What of Node tells on how many threads TensorFlow computes there; its types are not those of every user. */
interface NodeGlobal {
  readonly process?: {
    readonly env: Readonly<Record<string, string | undefined>>;
    getBuiltinModule?(name: "node:os"): { availableParallelism(): number };
  };
}

/** TensorFlow takes all cores unless the environment tells it otherwise. */
function threadsOf(tf: TensorFlow): number {
  const { process } = globalThis as NodeGlobal;
  if (!isTensorFlow(tf.backend()) || process === undefined) return 1;
  const told = Number(process.env.TF_NUM_INTRAOP_THREADS);
  return Number.isInteger(told) && told > 0
    ? told
    : (process.getBuiltinModule?.("node:os").availableParallelism() ?? 1);
}

function engineOf(tf: TensorFlow, host: Backend<VisibleTensor> | null, precise: boolean): Engine {
  if (host !== null) return new HostEngine(tf, host) as Engine;
  const backend = tf.backend();
  if (isTensorFlow(backend)) return new TensorFlowEngine(tf, backend, precise) as Engine;
  return new ComposedEngine(tf, traitsOf(tf.getBackend()), precise) as Engine;
}

function checkTensorFlow(tf: TensorFlow): void {
  if (typeof tf?.customGrad === "function" && typeof tf.ready === "function") return;
  throw new OptionError(
    `expected TensorFlow.js, such as import * as tf from "@tensorflow/tfjs" gives, got ${describe(tf)}`,
  );
}

function checkHost(host: Backend<VisibleTensor> | null, engine: string): void {
  if (host === null) return;
  if (!host.capabilities?.hostVisible) {
    throw new OptionError(`host must be a backend in host memory, such as createCpuBackend(), got ${describe(host)}`);
  }
  if (engine !== "cpu") {
    throw new OptionError(
      `a host backend works where tensors lie in host memory, on the cpu engine of TensorFlow.js, but it runs on ${engine}; leave host out, or call tf.setBackend("cpu") first`,
    );
  }
}
