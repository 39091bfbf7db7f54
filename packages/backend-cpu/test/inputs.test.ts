import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { makeBatch, upload } from "./helpers/batch.js";
import { bits } from "./helpers/bits.js";
import { Random } from "./helpers/random.js";

const backend = createCpuBackend();

describe.each([
  { outer: 3, channels: 4, inner: 150 },
  { outer: 70, channels: 4, inner: 1 },
])("no operation on $outer x $channels x $inner writes to what it is given", (view) => {
  it.each([
    ["float32", null],
    ["float32", "relu"],
    ["float64", null],
    ["float64", "relu"],
  ] as const)("in %s, activation %s", (dtype, activation) => {
    // so far from zero that float64 channels are summed a second time
    const batch = makeBatch(new Random(131), view, dtype, (random, _, i) => (i === 0 ? -1e9 : 1e6 + random.normal()));
    const { x, dy, p, o } = upload(backend, batch, activation);
    const statistics = { mean: backend.state([0, 1, 2, 3], [4]), variance: backend.state([1, 2, 3, 4], [4]) };
    const inputs = { x, dy, ...p, ...statistics };
    const before = Object.values(inputs).map((t) => bits(t.values));
    const shapes = Object.values(inputs).map((t) => [...t.shape]);

    const { moments } = backend.train(x, view, p, o);
    backend.backward(dy, x, view, { moments }, p, o);
    backend.infer(x, view, statistics, p, o);
    backend.backward(dy, x, view, { statistics }, p, o);
    const merged = backend.merge([moments, moments]);
    const sums = backend.gradientSums(dy, x, view, merged, p, o);
    backend.gradients(dy, x, view, merged, sums, p, o);
    backend.normalize(x, view, merged, p, o);
    backend.retain(x);
    backend.assign(backend.state(batch.gamma, [4]), p.weight);
    backend.axpy(2, p.bias, backend.state(batch.gamma, [4]));

    expect(Object.values(inputs).map((t) => bits(t.values))).toEqual(before);
    expect(Object.values(inputs).map((t) => [...t.shape])).toEqual(shapes);
  });
});

it("the same call gives the same bits every time, whatever the buffers held before", () => {
  const view = { outer: 6, channels: 5, inner: 33 };
  const batch = makeBatch(new Random(137), view);
  const run = () => {
    const { x, dy, p, o } = upload(backend, batch, "relu");
    const { y, moments } = backend.train(x, view, p, o);
    const { dx, dweight, dbias } = backend.backward(dy, x, view, { moments }, p, o);
    const results = [y, dx, dweight, dbias].map((t) => bits(t?.values as Float32Array));
    // what goes back to the pool comes again full of NaN
    for (const t of [x, dy, p.weight, p.bias, y, dx, dweight, dbias]) {
      t?.values.fill(Number.NaN);
      t?.dispose();
    }
    for (const array of Object.values(moments.arrays)) array.fill(Number.NaN);
    moments.dispose();
    return results;
  };
  const first = run();
  for (let i = 0; i < 3; i++) expect(run()).toEqual(first);
});
