import type { ImplementationDescription } from "@batchnorm/timing";
import { type Implementation, inProcess } from "@batchnorm/timing";
import { onnxComponent, onnxDescription } from "./onnx-package.js";
import { onnxRunner } from "./onnx-runner.js";

/** What people are told of ONNX Runtime, wherever it runs. */
export function onnxruntimeDescription(threads: number): ImplementationDescription {
  return onnxDescription("onnxruntime", "onnxruntime-node on the CPU", threads);
}

/**
 * ONNX Runtime on the CPU, for a process of its own: inference only. Its BatchNormalization takes channels first only, so
 * that channels-last tensors are transposed before and after it, within the model.
 */
export async function onnxruntimeImplementation(threads = 1): Promise<Implementation> {
  const ort = await import("onnxruntime-node");
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
  return {
    ...onnxruntimeDescription(threads),
    version: versionOf(ort),
    prepare: async (workload, task) => inProcess(await onnxRunner(ort, options, workload, task)),
  };
}

export const onnxruntime = onnxComponent(
  "onnxruntime",
  "onnxruntime-node",
  "is timed beside the backends, in inference",
  async () => ({ version: versionOf(await import("onnxruntime-node")) }),
);

function versionOf({ env }: typeof import("onnxruntime-node")): string {
  return env.versions.node ?? env.versions.common;
}
