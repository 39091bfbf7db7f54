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
  const p = { weight: state(), bias: state() };
  const statistics = { mean: state(), variance: state() };
  for (const activation of [null, "relu"]) {
    const o = { eps: 1e-5, activation, out: null, needs: { dx: true, affine: true } };
    for (let i = 0; i < 400; i++) {
      const { y, moments } = backend.train(x, view, p, o);
      const made = [
        y,
        moments,
        backend.infer(x, view, statistics, p, o),
        ...Object.values(backend.backward(dy, x, view, { moments }, p, o)),
        ...Object.values(backend.backward(dy, x, view, { statistics }, p, o)),
      ];
      for (const one of made) one.dispose();
    }
  }
}
