import { boundOf, boundsOf, goals } from "@batchnorm/conformance";
import type { Backend, DType, FloatArray, Tensor } from "@batchnorm/core";
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
      return inProcess(layerRunner(backend, workload, task), use);
    },
  };
}

/** Its own bounds in float32, which right rounding sets; in float64, where they are those of measured data, the goals. */
export function limitOf(backend: string): (result: ComparedResult, dtype: DType) => number {
  const judged = { against: "specification", data: "ordinary" } as const;
  return (result, dtype) =>
    boundOf(dtype === "float32" ? boundsOf(backend) : goals, { ...judged, dtype, operation: result });
}

function layerRunner<T extends Tensor>(backend: Backend<T>, workload: Workload, task: TimedTask): Runner {
  const { shape, layout, dtype } = workload.case;
  const Layer = layerOfRank[shape.length];
  if (Layer === undefined) throw new Unsupported(`no layer takes a shape of ${shape.length} dimensions`);
  if (!backend.capabilities.dtypes.includes(dtype)) throw new Unsupported(`it does not compute in ${dtype}`);
  const { operation, activation, outputs } = task;
  const layer: BatchNorm<T> = new Layer(backend, workload.channels, { layout, activation, dtype });
  const [forwards, backwards] = [operation !== "backward", operation === "step" || operation === "backward"];
  const made: T[] = [];
  const tensor = (values: FloatArray): T => {
    const one = backend.tensor(values, shape, dtype);
    made.push(one);
    return one;
  };
  const dispose = () => {
    for (const one of [layer, ...made]) one.dispose();
  };
  try {
    const { weight, bias, runningMean, runningVar } = workload;
    layer.loadStateDict({ weight, bias, running_mean: runningMean, running_var: runningVar });
    layer.train(operation !== "infer");
    const x = tensor(workload.x);
    const dy = backwards ? tensor(workload.dy) : null;
    if (!forwards) layer.forward(x).dispose();
    // where results go that are written again and again
    const reused = () => (outputs === "reused" ? tensor(floatArray(dtype, workload.x.length)) : null);
    const outOfForward = forwards ? reused() : null;
    const outOfBackward = backwards ? reused() : null;
    const run = (): Outcome => {
      if (dy !== null) layer.zeroGrad();
      const y = forwards ? layer.forward(x, { out: outOfForward }) : null;
      const dx = dy === null ? null : layer.backward(dy, { out: outOfBackward });
      return {
        read: async () => ({
          ...(y === null ? {} : { y: await y.data() }),
          ...(dx === null ? {} : { dx: await dx.data(), ...(await gradientsOf(layer)) }),
          ...(operation === "step" || operation === "train" ? await runningOf(layer) : {}),
        }),
        dispose: () => {
          if (outOfForward === null) y?.dispose();
          if (outOfBackward === null) dx?.dispose();
        },
      };
    };
    return { run, sync: () => backend.sync(), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function gradientsOf({ weight, bias }: BatchNorm) {
  return { dweight: (await weight?.grad.data()) ?? [], dbias: (await bias?.grad.data()) ?? [] };
}

async function runningOf(layer: BatchNorm) {
  const { running_mean = [], running_var = [] } = await layer.stateDict();
  return { running_mean, running_var };
}
