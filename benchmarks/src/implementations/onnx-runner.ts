import { defaultEps, type FloatArray } from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import { type Runner, type TimedTask, Unsupported, type Workload } from "@batchnorm/timing";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { onnxModel } from "./onnx-model.js";

/** What its packages for Node and for pages share. */
export type Onnxruntime = Pick<typeof import("onnxruntime-node"), "InferenceSession" | "Tensor">;

/** Inference by ONNX Runtime. Between Transpose nodes, within the model, where channels are last. */
export async function onnxRunner(
  ort: Onnxruntime,
  options: InferenceSession.SessionOptions,
  workload: Workload,
  task: TimedTask,
): Promise<Runner> {
  if (task.operation !== "infer") throw new Unsupported("ONNX Runtime for JavaScript computes inference only");
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
