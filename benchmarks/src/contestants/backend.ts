import { boundOf, boundsOf } from "@batchnorm/conformance";
import type { Backend, Tensor } from "@batchnorm/core";
import { type BatchNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d } from "@batchnorm/layers";
import type { ComparedResult, Contestant, Outcome, Prepared } from "../contestant.js";
import type { TimedOperation } from "../operations.js";
import type { Workload } from "../workload.js";

/** Layers by the rank of what they take. */
const layerOfRank: Readonly<Record<number, typeof BatchNorm1d | typeof BatchNorm2d | typeof BatchNorm3d>> = {
  2: BatchNorm1d,
  4: BatchNorm2d,
  5: BatchNorm3d,
};

/** What is known of a backend besides the backend itself. */
export interface BackendContestantOptions {
  readonly name?: string;
  readonly version: string;
  /** the largest error in ulp with which it is timed; conformance's bounds by default */
  readonly limit?: (result: ComparedResult) => number;
}

/** Any backend, used as a user uses it: through a layer. */
export function backendContestant<T extends Tensor>(
  backend: Backend<T>,
  { name = backend.name, version, limit = limitOf(name) }: BackendContestantOptions,
): Contestant {
  return {
    name,
    kind: "backend",
    about: "a BatchNorm layer on this backend: zeroGrad, forward and backward in a step, forward otherwise",
    version,
    limit,
    prepare: async (workload, operation) => new PreparedLayer(backend, workload, operation),
  };
}

function limitOf(backend: string): (result: ComparedResult) => number {
  const judged = { dtype: "float32", against: "specification", data: "ordinary" } as const;
  return (result) => boundOf(boundsOf(backend), { ...judged, operation: result });
}

class PreparedLayer<T extends Tensor> implements Prepared {
  readonly #backend: Backend<T>;
  readonly #operation: TimedOperation;
  readonly #layer: BatchNorm<T>;
  readonly #x: T;
  readonly #dy: T | null;

  constructor(backend: Backend<T>, workload: Workload, operation: TimedOperation) {
    const { shape, layout } = workload.case;
    const Layer = layerOfRank[shape.length];
    if (Layer === undefined) throw new Error(`no layer takes a shape of ${shape.length} dimensions`);
    this.#backend = backend;
    this.#operation = operation;
    this.#layer = new Layer(backend, workload.channels, { layout }).train(operation !== "infer");
    this.#layer.loadStateDict({
      weight: workload.weight,
      bias: workload.bias,
      running_mean: workload.runningMean,
      running_var: workload.runningVar,
    });
    this.#x = backend.tensor(workload.x, shape);
    this.#dy = operation === "step" ? backend.tensor(workload.dy, shape) : null;
  }

  run(): Outcome {
    if (this.#dy === null) return this.#forward();
    const layer = this.#layer;
    layer.zeroGrad();
    const y = layer.forward(this.#x);
    const dx = layer.backward(this.#dy);
    return {
      read: async () => ({
        y: await y.data(),
        dx: await dx.data(),
        dweight: (await layer.weight?.grad.data()) ?? [],
        dbias: (await layer.bias?.grad.data()) ?? [],
        ...(await this.#running()),
      }),
      dispose: () => {
        y.dispose();
        dx.dispose();
      },
    };
  }

  sync(): Promise<void> {
    return this.#backend.sync();
  }

  dispose(): void {
    this.#layer.dispose();
    this.#x.dispose();
    this.#dy?.dispose();
  }

  #forward(): Outcome {
    const y = this.#layer.forward(this.#x);
    return {
      read: async () => ({ y: await y.data(), ...(this.#operation === "train" ? await this.#running() : {}) }),
      dispose: () => y.dispose(),
    };
  }

  async #running() {
    const { running_mean, running_var } = await this.#layer.stateDict();
    return { running_mean: running_mean ?? [], running_var: running_var ?? [] };
  }
}
