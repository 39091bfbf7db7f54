import type { HelperCommand } from "./helper-process.js";

/** Whose kernels TensorFlow runs. */
export type TensorflowKernels = "own" | "oneDNN";

/** What TensorFlow reads when it is loaded, for so many threads: the same on every machine, whatever its default. */
export function tensorflowEnvironment(kernels: TensorflowKernels, threads: number): NonNullable<HelperCommand["env"]> {
  return {
    TF_CPP_MIN_LOG_LEVEL: "2",
    TF_ENABLE_ONEDNN_OPTS: kernels === "oneDNN" ? "1" : "0",
    TF_NUM_INTRAOP_THREADS: String(threads),
  };
}
