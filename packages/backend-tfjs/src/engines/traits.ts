/** What is quick on an engine of TensorFlow.js. Found by reading its kernels, and by timing them. */
export interface Traits {
  /**
   * How `(x - mean) scale + offset` is made, with numbers by channel.
   *
   * - "modulo": by the kernel of `tf.batchNorm`, which repeats what is shorter than x over and over
   * - "broadcast": by the same kernel, which broadcasts
   * - "arithmetic": by `tf.sub`, `tf.mul` and `tf.add`
   */
  readonly affine: "modulo" | "broadcast" | "arithmetic";
  /**
   * What `tf.relu` makes of NaN.
   *
   * - "kept": NaN
   * - "by-sign": NaN where its sign is positive, 0 where it is negative, as that of inf - inf is
   */
  readonly reluOfNaN: "kept" | "by-sign";
}

const known: Readonly<Record<string, Traits>> = {
  cpu: { affine: "modulo", reluOfNaN: "kept" },
  wasm: { affine: "arithmetic", reluOfNaN: "by-sign" },
  webgl: { affine: "broadcast", reluOfNaN: "kept" },
  webgpu: { affine: "broadcast", reluOfNaN: "kept" },
  tensorflow: { affine: "arithmetic", reluOfNaN: "kept" },
};

/** The traits of an engine; of one that is not known, those that every engine can do. */
export function traitsOf(engine: string): Traits {
  return known[engine] ?? { affine: "arithmetic", reluOfNaN: "kept" };
}
