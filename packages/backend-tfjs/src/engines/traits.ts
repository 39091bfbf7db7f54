/** What is quick on an engine of TensorFlow.js. Found by reading its kernels, and by timing them. */
export interface Traits {
  /**
   * How values that lie side by side are added up. Over channels that do not, it is always a product with ones: a sum
   * over other axes than the last transposes the whole tensor first.
   *
   * - "native": by `tf.sum`, where it adds in blocks
   * - "staged": by `tf.sum` in several stages: one long float32 sum loses digits
   */
  readonly sums: "native" | "staged";
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
  cpu: { sums: "staged", affine: "modulo", reluOfNaN: "kept" },
  wasm: { sums: "staged", affine: "arithmetic", reluOfNaN: "by-sign" },
  webgl: { sums: "staged", affine: "broadcast", reluOfNaN: "kept" },
  webgpu: { sums: "staged", affine: "broadcast", reluOfNaN: "kept" },
  tensorflow: { sums: "native", affine: "arithmetic", reluOfNaN: "kept" },
};

/** The traits of an engine; of one that is not known, those that every engine can do. */
export function traitsOf(engine: string): Traits {
  return known[engine] ?? { sums: "native", affine: "arithmetic", reluOfNaN: "kept" };
}
