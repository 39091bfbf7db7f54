import { createCpuBackend } from "@batchnorm/backend-cpu";

/** A backend and short ways to its tensors. */
export function setUp() {
  const backend = createCpuBackend();
  const tensor = (values: readonly number[], shape: readonly number[]) => backend.tensor(values, shape);
  return { backend, tensor };
}

/** `n` values that look random and are the same each time. */
export function values(n: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: n }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state / 2147483648) * 4 - 2;
  });
}
