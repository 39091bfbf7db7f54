import { defaultEps, type FloatArray } from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import type { Component, Presence } from "@batchnorm/optional-components";
import type { ImplementationDescription, TimedTask, Workload } from "@batchnorm/timing";
import { type Implementation, inProcess, type Runner, sanityLimit, Unsupported } from "@batchnorm/timing";
import type { Tensor } from "onnxruntime-node";
import { onThreads } from "./description.js";
import { onnxModel } from "./onnx-model.js";

type Onnxruntime = typeof import("onnxruntime-node");

/** What people are told of ONNX Runtime, wherever it runs. */
export function onnxruntimeDescription(threads: number): ImplementationDescription {
  return {
    name: onThreads("onnxruntime", threads),
    kind: "peer",
    about:
      "onnxruntime-node on the CPU: a model of BatchNormalization, Relu after it where there is ReLU, between Transpose nodes where channels are last",
    threads,
    limit: () => sanityLimit, // ONNX has epsilon as a float32, which float64 results show
    tensorsHeld: 6,
  };
}

/**
 * ONNX Runtime on the CPU, for a process of its own: inference only. Its BatchNormalization takes channels first only, so
 * that channels-last tensors are transposed before and after it, within the model.
 */
export async function onnxruntimeImplementation(threads = 1): Promise<Implementation> {
  const ort = await import("onnxruntime-node");
  return {
    ...onnxruntimeDescription(threads),
    version: versionOf(ort),
    prepare: async (workload, task) => inProcess(await prepareRunner(ort, threads, workload, task)),
  };
}

/** An optional peer dependency, so that nothing here can install it. */
export const onnxruntime: Component = {
  name: "onnxruntime",
  purpose: "is timed beside the backends, in inference",
  probe,
};

async function probe(): Promise<Presence> {
  try {
    return { present: true, version: versionOf(await import("onnxruntime-node")) };
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    return {
      present: false,
      reason: `onnxruntime-node cannot be loaded (${reason})`,
      remedy: "install what the lockfile says: onnxruntime-node is among it",
    };
  }
}

function versionOf({ env }: Onnxruntime): string {
  return env.versions.node ?? env.versions.common;
}

async function prepareRunner(ort: Onnxruntime, threads: number, workload: Workload, task: TimedTask): Promise<Runner> {
  if (task.operation !== "infer") throw new Unsupported("ONNX Runtime for Node computes inference only");
  const { shape, layout, dtype } = workload.case;
  const model = onnxModel({
    shape,
    channelsLast: layout === "channels-last" && shape.length > 2,
    relu: task.activation === "relu",
    eps: defaultEps,
    weight: workload.weight,
    bias: workload.bias,
    mean: workload.runningMean,
    variance: workload.runningVar,
  });
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
  const session = await ort.InferenceSession.create(model, options);
  const tensor = (values: FloatArray) => new ort.Tensor(dtype, values as Float32Array<ArrayBuffer>, shape);
  const feeds = { x: tensor(workload.x) };
  /** where results go that are written again and again */
  const reused = task.outputs === "reused" ? { y: tensor(floatArray(dtype, workload.x.length)) } : null;
  return {
    run: async () => {
      const fetched = await (reused === null ? session.run(feeds) : session.run(feeds, reused));
      const y = reused?.y ?? (fetched.y as Tensor);
      return {
        read: async () => ({ y: (y.data as FloatArray).slice() }),
        dispose: () => {
          if (reused === null) y.dispose();
        },
      };
    },
    sync: async () => {}, // a run's promise resolves when its results are there
    dispose: () => session.release(),
  };
}
