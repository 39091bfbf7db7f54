// Milliseconds from the factory to the first result, and of training steps on one thread and on two. Logs JSON.
import { createWasmBackend } from "@batchnorm/backend-wasm";
import { BatchNorm2d } from "@batchnorm/layers";

const start = performance.now();
const two = trainingOf(await createWasmBackend({ threads: 2 }), [8, 16, 8, 8]);
two.step();
const firstResult = performance.now() - start;

const shape = [32, 64, 56, 56];
const one = trainingOf(await createWasmBackend({ threads: 1 }), shape);
const both = [one, trainingOf(two.backend, shape)];
const rounds = Array.from({ length: 15 }, () => both.map(timed));
const [oneThread, twoThreads] = both.map((_, i) => median(rounds.map((times) => times[i])));
console.log(JSON.stringify({ firstResult, oneThread, twoThreads }));

function trainingOf(backend, shape) {
  const bn = new BatchNorm2d(backend, shape[1]);
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i % 251) / 17);
  const [x, dy] = [backend.tensor(values, shape), backend.tensor(values, shape)];
  const step = () => {
    bn.zeroGrad();
    for (const made of [bn.forward(x), bn.backward(dy)]) made.dispose();
  };
  return { backend, step };
}

function timed({ step }) {
  const start = performance.now();
  step();
  return performance.now() - start;
}

function median(times) {
  return times.sort((a, b) => a - b)[times.length >> 1];
}
