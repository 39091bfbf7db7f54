// What wasm-code.mjs looks at: every kernel of the wasm backend, until V8 has compiled it for good.
import { createWasmBackend } from "@batchnorm/backend-wasm";

const backend = await createWasmBackend({ threads: 1 });
const views = [
  { outer: 8, channels: 16, inner: 784 },
  { outer: 784, channels: 256, inner: 1 },
];

for (const view of views) {
  const size = view.outer * view.channels * view.inner;
  const [x, dy] = [1, 2].map((by) =>
    backend.tensor(
      new Float32Array(size).map((_, i) => ((i * by) % 7) - 2),
      [size],
    ),
  );
  const state = () => backend.state(new Float32Array(view.channels).fill(1), [view.channels]);
  const affine = { weight: state(), bias: state() };
  const statistics = { mean: state(), variance: state() };
  for (const activation of [null, "relu"]) {
    const pass = { x, view, ...affine, eps: 1e-5, activation };
    const options = { needs: { dx: true, affine: true }, out: null, sums: null };
    for (let i = 0; i < 400; i++) {
      const { y, moments } = backend.train(pass, null);
      const made = [
        y,
        moments,
        backend.apply(pass, statistics, null),
        ...Object.values(backend.backward(pass, moments, dy, options)),
        ...Object.values(backend.backward(pass, statistics, dy, options)),
      ];
      for (const one of made) one.dispose();
    }
  }
}
