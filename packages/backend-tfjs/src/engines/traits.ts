/** What is quick on an engine of TensorFlow.js. Found by reading its kernels, and by timing them. */
export interface Traits {
  /**
   * How sums over a channel are made.
   *
   * - "native": `tf.sum` over both axes, where it needs no transposition and adds in blocks
   * - "staged": first along what lies side by side, then over the rest by a product with ones, in several stages: a sum
   *   over other axes transposes the whole tensor first, and one long float32 sum loses digits
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
}

const known: Readonly<Record<string, Traits>> = {
  cpu: { sums: "staged", affine: "modulo" },
  wasm: { sums: "staged", affine: "arithmetic" },
  webgl: { sums: "staged", affine: "broadcast" },
  webgpu: { sums: "staged", affine: "broadcast" },
  tensorflow: { sums: "native", affine: "arithmetic" },
};

/** The traits of an engine; of one that is not known, those that every engine can do. */
export function traitsOf(engine: string): Traits {
  return known[engine] ?? { sums: "native", affine: "arithmetic" };
}
