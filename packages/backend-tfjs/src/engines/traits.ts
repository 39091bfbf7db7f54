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
   * How rows are added up.
   *
   * - "product": by a product of ones with x
   * - "transposed product": by one of x, transposed, with ones, where the other would first pack x as if it were weights,
   *   which takes four times as long. (`tf.avgPool` would be three times as quick again, but takes NaN for a number.)
   */
  readonly rowSums: "product" | "transposed product";
  /**
   * How a few values are taken out of x.
   *
   * - "slice": by `tf.slice`
   * - "gather": by `tf.gather`, where a slice would first copy the whole of x
   */
  readonly parts: "slice" | "gather";
  /**
   * How z is cut at 0.
   *
   * - "relu": by `tf.relu`
   * - "maximum": by `tf.maximum`, where `tf.relu` makes 0 of a NaN whose sign is negative, as that of inf - inf is, or NaN
   *   of an infinity below 0
   */
  readonly relu: "relu" | "maximum";
}

/** What every engine can do. */
const usual: Traits = { affine: "arithmetic", rowSums: "product", parts: "slice", relu: "relu" };

const known: Readonly<Record<string, Traits>> = {
  cpu: { ...usual, affine: "modulo" },
  wasm: { affine: "arithmetic", rowSums: "transposed product", parts: "gather", relu: "maximum" },
  webgl: { ...usual, affine: "broadcast", relu: "maximum" },
  webgpu: { ...usual, affine: "broadcast" },
  tensorflow: usual,
};

/** The traits of an engine; of one that is not known, the usual ones. */
export function traitsOf(engine: string): Traits {
  return known[engine] ?? usual;
}
