import type { Backend, Tensor } from "@batchnorm/core";
import { DisposableStack } from "@batchnorm/core/disposable-stack";

/**
 * Runs `write`, which writes several states: all of it happens or, where it throws, none.
 */
export function transaction<T extends Tensor>(
  backend: Backend<T>,
  states: readonly (T | null)[],
  write: () => void,
): void {
  const copies = new DisposableStack();
  try {
    const before = states
      .filter((state) => state !== null)
      .map((state) => ({ state, values: copies.use(backend.retain(state)) }));
    try {
      write();
    } catch (error) {
      for (const { state, values } of before) backend.assign(state, values);
      throw error;
    }
  } finally {
    copies.dispose();
  }
}

/** state = value, everywhere */
export function fill<T extends Tensor>(backend: Backend<T>, state: T, value: number): void {
  const length = state.shape.reduce((product, size) => product * size, 1);
  const values = backend.tensor(
    new Float32Array(length).fill(value),
    state.shape,
    state.dtype as "float32" | "float64",
  );
  try {
    backend.assign(state, values);
  } finally {
    values.dispose();
  }
}
