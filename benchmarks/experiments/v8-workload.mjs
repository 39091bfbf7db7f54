// What v8.mjs watches: the backend at work on views of every kind.
import { createCpuBackend } from "@batchnorm/backend-cpu";

const views = [
  { outer: 8, channels: 64, inner: 196 },
  { outer: 8, channels: 32, inner: 785 },
  { outer: 1570, channels: 64, inner: 1 },
  { outer: 66, channels: 512, inner: 1 },
  { outer: 66, channels: 100, inner: 9 },
];

const [, , dtype] = process.argv;
const backend = createCpuBackend();
const calls = views.flatMap((view) => ["none", "relu"].map((activation) => callsOn(view, activation)));

for (let round = 0; round < 60; round++) for (const call of calls) call();
// optimised code arrives from another thread, and is taken at the next call
await new Promise((resolve) => setTimeout(resolve, 100));
for (let round = 0; round < 80; round++) for (const call of calls) call();

function callsOn(view, activation) {
  const shape = [view.outer, view.channels, view.inner];
  const size = view.outer * view.channels * view.inner;
  const random = () =>
    backend.tensor(
      Float64Array.from({ length: size }, () => Math.random() - 0.5),
      shape,
      dtype,
    );
  const perChannel = (value) => backend.tensor(new Array(view.channels).fill(value), [view.channels], dtype);
  const [x, dy, out] = [random(), random(), random()];
  const pass = { x, view, weight: perChannel(1.5), bias: perChannel(0.1), eps: 1e-5, activation };
  const statistics = { mean: perChannel(0), variance: perChannel(1) };
  const options = { needs: { dx: true, affine: true }, out, sums: null };
  return () => {
    const { moments } = backend.train(pass, out);
    backend.apply(pass, statistics, out);
    for (const source of [moments, statistics]) {
      const { dweight, dbias } = backend.backward(pass, source, dy, options);
      for (const gradient of [dweight, dbias]) gradient.dispose();
    }
    moments.dispose();
  };
}
