import type { Absent } from "@batchnorm/optional-components";

/** TensorFlow.js, whichever of its packages it came in. */
export type TensorFlow = typeof import("@tensorflow/tfjs");

/** An engine of TensorFlow.js. */
export interface TfjsEngine {
  /** as `tf.setBackend` takes it */
  readonly name: "cpu" | "wasm" | "tensorflow";
  /** TensorFlow.js with this engine registered, or why it cannot be here. It is loaded when this is first called. */
  load(): Promise<TensorFlow | Absent>;
}

/** Makes an engine the one that TensorFlow.js computes with: it has one at a time. */
export async function useEngine(tf: TensorFlow, { name }: TfjsEngine): Promise<void> {
  if (tf.getBackend() === name) return;
  if (!(await tf.setBackend(name))) throw new Error(`TensorFlow.js cannot start its ${name} engine here`);
}
