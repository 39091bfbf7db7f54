// A layer that is trained while something happens to its threads or its page.
import { createWasmBackend } from "@batchnorm/backend-wasm";
import { BatchNorm2d } from "@batchnorm/layers";

const shape = [32, 16, 40, 40];
const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i % 251) - (i % 17));

/** A layer on so many threads, and what each of its steps makes: its result and running statistics, or the error, and what it took. */
export async function training(threads) {
  const backend = await createWasmBackend({ threads });
  const bn = new BatchNorm2d(backend, shape[1]);
  const x = backend.tensor(values, shape);
  const statistics = () => [...bn.runningMean.values, ...bn.runningVar.values].join();
  async function step() {
    const before = statistics();
    const start = performance.now();
    try {
      const y = bn.forward(x);
      const bits = await bitsOf(await y.data());
      y.dispose();
      return { bits };
    } catch ({ code, message }) {
      const milliseconds = performance.now() - start;
      return { code, message, milliseconds, unharmed: statistics() === before };
    }
  }
  return { backend, buffer: x.values.buffer, step, statistics };
}

async function bitsOf(array) {
  const hash = await crypto.subtle.digest("SHA-256", new Uint8Array(array.buffer));
  return [...new Uint8Array(hash)].join();
}

export const pause = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));
