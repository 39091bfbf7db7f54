// Runs wherever JavaScript does: the whole suite on a backend, and a digest of the bits of its results.
import { allChecks, boundsOf, examine } from "@batchnorm/conformance";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "@batchnorm/layers";

/** Shapes for which kernels have ways of their own, one of them large enough for threads. */
const shapes = [
  [BatchNorm1d, [64, 784]],
  [BatchNorm1d, [4100, 257]],
  [BatchNorm1d, [5, 7, 9]],
  [BatchNorm2d, [32, 1, 28, 28]],
  [BatchNorm2d, [8, 64, 20, 20]],
  [BatchNorm2d, [2, 3, 128, 160]],
  [BatchNorm3d, [8, 1, 5, 28, 28]],
];

/**
 * @param {import("@batchnorm/core").Backend} backend
 * @param {Uint8Array} digits pixels of handwritten digits
 * @returns {Promise<{ threads: number, whyOneThread?: string, passed: number, failures: string[], digest: string }>}
 */
export async function judge(backend, digits) {
  const { threads, whyOneThread } = backend.capabilities;
  const checks = (await allChecks()).filter(({ large }) => !large);
  const failures = [];
  let passed = 0;
  for await (const verdict of examine(backend, checks, { bounds: boundsOf(backend.name) })) {
    if (verdict.outcome === "passed") passed++;
    else failures.push(verdict.message);
  }
  return { threads, whyOneThread, passed, failures, digest: await digestOf(backend, digits) };
}

/** SHA-256 of every result of two training steps, an evaluation and their gradients, on digits and on random numbers. */
async function digestOf(backend, digits) {
  const parts = [];
  for (const [Layer, shape] of shapes) {
    for (const values of [fromDigits(digits), random()]) {
      for (const activation of [null, "relu"]) {
        const bn = new Layer(backend, shape[1], { activation });
        const size = shape.reduce((a, b) => a * b);
        const take = () => backend.tensor(Float32Array.from({ length: size }, values), shape);
        for (const mode of ["train", "train", "eval"]) {
          bn.train(mode === "train");
          const [x, dy] = [take(), take()];
          const y = bn.forward(x);
          const dx = bn.backward(dy);
          parts.push(await y.data(), await dx.data(), await bn.weight.grad.data(), await bn.bias.grad.data());
          bn.step(0.1);
          bn.zeroGrad();
          for (const tensor of [x, dy, y, dx]) tensor.dispose();
        }
        parts.push(...Object.values(await bn.stateDict()).filter((value) => ArrayBuffer.isView(value)));
        bn.dispose();
      }
    }
  }
  const bytes = parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  const hash = await crypto.subtle.digest("SHA-256", await new Blob(bytes).arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromDigits(digits) {
  let i = 0;
  return () => digits[i++ % digits.length] / 255;
}

/** The same numbers everywhere: integers and divisions by powers of 2. */
function random() {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
