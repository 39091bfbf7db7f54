import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { makeBatch, upload } from "./helpers/batch.js";
import { bits } from "./helpers/bits.js";
import { Random } from "./helpers/random.js";
import { thrown } from "./helpers/thrown.js";

const view = { outer: 9, channels: 4, inner: 7 };
const shape = [9, 4, 7];

describe.each(["float32", "float64"] as const)("a result in %s", (dtype) => {
  const backend = createCpuBackend();
  const batch = makeBatch(new Random(127), view, dtype);

  /** Every operation that takes `out`: forward ones of x, backward ones of dy too. */
  function operations(activation: "relu" | null) {
    const { x, dy, p, o } = upload(backend, batch, activation);
    const statistics = {
      mean: backend.state([0, 1, 2, 3], [4], dtype),
      variance: backend.state([1, 2, 3, 4], [4], dtype),
    };
    const moments = backend.moments(x, view);
    const sums = backend.gradientSums(dy, x, view, moments, p, o);
    type Out = typeof x | null;
    return {
      x,
      dy,
      forward: {
        train: (out: Out) => backend.train(x, view, p, { ...o, out }).y,
        infer: (out: Out) => backend.infer(x, view, statistics, p, { ...o, out }),
        normalize: (out: Out) => backend.normalize(x, view, moments, p, { ...o, out }),
      },
      backward: {
        "backward of training": (out: Out) => backend.backward(dy, x, view, { moments }, p, { ...o, out }).dx,
        "backward of inference": (out: Out) => backend.backward(dy, x, view, { statistics }, p, { ...o, out }).dx,
        gradients: (out: Out) => backend.gradients(dy, x, view, moments, sums, p, { ...o, out }).dx,
      },
    };
  }

  it.each([null, "relu"] as const)("comes in `out` with the bits that it has without, activation %s", (activation) => {
    const { forward, backward } = operations(activation);
    for (const [name, run] of Object.entries({ ...forward, ...backward })) {
      const expected = bits(run(null)?.values as Float32Array);
      const out = backend.tensor(new Float64Array(252).fill(Number.NaN), shape, dtype);
      expect(run(out), name).toBe(out);
      expect(bits(out.values), name).toEqual(expected);
    }
  });

  it.each([null, "relu"] as const)("may overwrite dy, activation %s", (activation) => {
    const names = Object.keys(operations(activation).backward) as (keyof ReturnType<typeof operations>["backward"])[];
    for (const name of names) {
      const { dy, backward } = operations(activation);
      const expected = bits(backward[name](null)?.values as Float32Array);
      expect(backward[name](dy), name).toBe(dy);
      expect(bits(dy.values), name).toEqual(expected);
    }
  });

  it("must not overwrite x, nor a handle on it, and leaves nothing behind where it would", () => {
    const { x, forward, backward } = operations(null);
    const handle = backend.retain(x);
    const before = bits(x.values);
    for (const [name, run] of Object.entries({ ...forward, ...backward })) {
      for (const out of [x, handle]) {
        const { liveBuffers } = backend.memory();
        expect(
          thrown(() => run(out)),
          name,
        ).toMatchObject({ code: "ERR_ALIAS", message: expect.stringMatching(/must not be x/) });
        expect(backend.memory().liveBuffers, name).toBe(liveBuffers);
      }
    }
    expect(bits(x.values)).toEqual(before);
  });

  it("must have the shape and the type of x", () => {
    const { forward, backward } = operations(null);
    const other = dtype === "float32" ? "float64" : "float32";
    for (const [name, run] of Object.entries({ ...forward, ...backward })) {
      const { liveBuffers } = backend.memory();
      const flat = backend.tensor(new Float32Array(252), [252], dtype);
      expect(
        thrown(() => run(flat)),
        name,
      ).toMatchObject({
        code: "ERR_SHAPE",
        message: "expected a tensor of shape [9, 4, 7], got [252]",
      });
      const wrong = backend.tensor(new Float32Array(252), shape, other);
      expect(
        thrown(() => run(wrong)),
        name,
      ).toMatchObject({
        code: "ERR_DTYPE",
        message: `out must be ${dtype} as x is, got ${other}`,
      });
      flat.dispose();
      wrong.dispose();
      expect(
        thrown(() => run(wrong)),
        name,
      ).toMatchObject({ code: "ERR_DISPOSED" });
      expect(backend.memory().liveBuffers, name).toBe(liveBuffers);
    }
  });
});

it("a result must not overwrite x where that is its own dy", () => {
  const backend = createCpuBackend();
  const v = { outer: 2, channels: 3, inner: 1 };
  const x = backend.tensor([1, 2, 3, 4, 5, 7], [2, 3]);
  const o = { eps: 1, activation: null, out: x, needs: { dx: true, affine: false } };
  const none = { weight: null, bias: null };
  const run = () => backend.backward(x, x, v, { moments: backend.moments(x, v) }, none, o);
  expect(thrown(run)).toMatchObject({ code: "ERR_ALIAS" });
  expect([...x.values]).toEqual([1, 2, 3, 4, 5, 7]);
});

it("a result must not overwrite a parameter or a statistic of the same shape", () => {
  const backend = createCpuBackend();
  const v = { outer: 1, channels: 3, inner: 1 };
  const x = backend.tensor([1, 2, 3], [3]);
  const p = { weight: backend.state([1, 2, 3], [3]), bias: backend.state([4, 5, 6], [3]) };
  const statistics = { mean: backend.state([1, 1, 1], [3]), variance: backend.state([2, 2, 2], [3]) };
  const moments = backend.moments(x, v);
  const inputs = { ...p, ...statistics };
  for (const [name, out] of Object.entries(inputs)) {
    const before = [...out.values];
    const o = { eps: 1, activation: null, out, needs: { dx: true, affine: true } };
    expect(
      thrown(() => backend.infer(x, v, statistics, p, o)),
      name,
    ).toMatchObject({ code: "ERR_ALIAS" });
    expect(
      thrown(() => backend.backward(x, x, v, { statistics }, p, o)),
      name,
    ).toMatchObject({ code: "ERR_ALIAS" });
    if (name === "weight" || name === "bias") {
      expect(
        thrown(() => backend.normalize(x, v, moments, p, o)),
        name,
      ).toMatchObject({ code: "ERR_ALIAS" });
      expect(
        thrown(() => backend.backward(x, x, v, { moments }, p, o)),
        name,
      ).toMatchObject({ code: "ERR_ALIAS" });
    }
    expect([...out.values], name).toEqual(before);
  }
});
