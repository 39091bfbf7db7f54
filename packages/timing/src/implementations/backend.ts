import { boundOf, boundsOf, goals } from "@batchnorm/conformance";
import type { Backend, DType, Tensor } from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import { type BatchNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d } from "@batchnorm/layers";
import type { TimedTask } from "../operations.js";
import type { Workload } from "../workload.js";
import { type ComparedResult, type Implementation, Unsupported } from "./implementation.js";
import { inProcess, type Outcome, type Runner } from "./in-process.js";

/** Layers by the rank of what they take. */
const layerOfRank: Readonly<Record<number, typeof BatchNorm1d | typeof BatchNorm2d | typeof BatchNorm3d>> = {
  2: BatchNorm1d,
  4: BatchNorm2d,
  5: BatchNorm3d,
};

/** What is known of a backend besides the backend itself. */
export interface BackendImplementationOptions {
  readonly name?: string;
  readonly version: string;
  /** the largest error in ulp with which it is timed; conformance's bounds by default */
  readonly limit?: (result: ComparedResult, dtype: DType) => number;
  /** how many threads it computes on; what the backend says by default */
  readonly threads?: number;
  /** how many tensors of a case's size it may hold at once */
  readonly tensorsHeld?: number;
  /** awaited before the backend is asked for anything, where others may have been asked since */
  readonly use?: () => Promise<void>;
}

/** What is compared, as people read it. */
export const backendAbout =
  "a BatchNorm layer on this backend: zeroGrad, forward and backward in a step, forward otherwise";

/** x, dy, y, dx, and what a pool may hold beside them. */
export const tensorsOfKernels = 6;

/** Any backend, used as a user uses it: through a layer. */
export function backendImplementation<T extends Tensor>(
  backend: Backend<T>,
  options: BackendImplementationOptions,
): Implementation {
  const { name = backend.name, version, threads = backend.capabilities.threads, use = async () => {} } = options;
  const { limit = limitOf(name), tensorsHeld = tensorsOfKernels } = options;
  return {
    name,
    kind: "backend",
    about: backendAbout,
    version,
    threads,
    limit,
    tensorsHeld,
    prepare: async (workload, task) => {
      await use();
      return inProcess(new LayerRunner(backend, workload, task), use);
    },
  };
}

/** Its own bounds in float32, which right rounding sets; in float64, where they are those of measured data, the goals. */
export function limitOf(backend: string): (result: ComparedResult, dtype: DType) => number {
  const judged = { against: "specification", data: "ordinary" } as const;
  return (result, dtype) =>
    boundOf(dtype === "float32" ? boundsOf(backend) : goals, { ...judged, dtype, operation: result });
}

class LayerRunner<T extends Tensor> implements Runner {
  readonly #backend: Backend<T>;
  readonly #task: TimedTask;
  readonly #layer: BatchNorm<T>;
  readonly #x: T;
  readonly #dy: T | null;
  /** where results go that are written again and again */
  readonly #y: T | null = null;
  readonly #dx: T | null = null;

  constructor(backend: Backend<T>, workload: Workload, task: TimedTask) {
    const { shape, layout, dtype } = workload.case;
    const Layer = layerOfRank[shape.length];
    if (Layer === undefined) throw new Unsupported(`no layer takes a shape of ${shape.length} dimensions`);
    if (!backend.capabilities.dtypes.includes(dtype)) throw new Unsupported(`it does not compute in ${dtype}`);
    const { operation, activation, outputs } = task;
    this.#backend = backend;
    this.#task = task;
    this.#layer = new Layer(backend, workload.channels, { layout, activation, dtype }).train(operation !== "infer");
    this.#layer.loadStateDict({
      weight: workload.weight,
      bias: workload.bias,
      running_mean: workload.runningMean,
      running_var: workload.runningVar,
    });
    this.#x = backend.tensor(workload.x, shape, dtype);
    this.#dy = operation === "step" || operation === "backward" ? backend.tensor(workload.dy, shape, dtype) : null;
    try {
      if (operation === "backward") this.#layer.forward(this.#x).dispose();
    } catch (error) {
      this.dispose();
      throw error;
    }
    if (outputs === "reused") {
      const zeros = floatArray(dtype, workload.x.length);
      if (operation !== "backward") this.#y = backend.tensor(zeros, shape, dtype);
      if (this.#dy !== null) this.#dx = backend.tensor(zeros, shape, dtype);
    }
  }

  run(): Outcome {
    const { operation } = this.#task;
    if (this.#dy !== null) this.#layer.zeroGrad();
    const y = operation === "backward" ? null : this.#layer.forward(this.#x, { out: this.#y });
    const dx = this.#dy === null ? null : this.#layer.backward(this.#dy, { out: this.#dx });
    return {
      read: async () => ({
        ...(y === null ? {} : { y: await y.data() }),
        ...(dx === null ? {} : { dx: await dx.data(), ...(await this.#gradients()) }),
        ...(operation === "step" || operation === "train" ? await this.#running() : {}),
      }),
      dispose: () => {
        if (this.#y === null) y?.dispose();
        if (this.#dx === null) dx?.dispose();
      },
    };
  }

  sync(): Promise<void> {
    return this.#backend.sync();
  }

  dispose(): void {
    this.#layer.dispose();
    for (const tensor of [this.#x, this.#dy, this.#y, this.#dx]) tensor?.dispose();
  }

  async #gradients() {
    const [dweight, dbias] = [this.#layer.weight?.grad, this.#layer.bias?.grad];
    return { dweight: (await dweight?.data()) ?? [], dbias: (await dbias?.data()) ?? [] };
  }

  async #running() {
    const { running_mean, running_var } = await this.#layer.stateDict();
    return { running_mean: running_mean ?? [], running_var: running_var ?? [] };
  }
}
