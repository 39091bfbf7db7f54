import { describe, expect, it } from "vitest";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "../src/index.js";
import { setUp, values } from "./helpers.js";

describe("training", () => {
  it("normalizes by the batch's mean and biased variance", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1, { eps: 1e-12 });
    const y = bn.forward(tensor([1, 3], [2, 1]));
    expect([...y.values]).toEqual([-1, 1]);
  });

  it("moves running_mean by the mean and running_var by the unbiased variance, momentum weighing the new value", async () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1, { momentum: 0.25, dtype: "float64" });
    bn.forward(tensor([1, 3], [2, 1]));
    const state = await bn.stateDict();
    expect(state.running_mean?.[0]).toBe(0.5);
    expect(state.running_var?.[0]).toBe(0.75 * 1 + 0.25 * 2);
    expect(state.num_batches_tracked).toBe(1);
  });

  it("averages cumulatively with momentum null", async () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1, { momentum: null, dtype: "float64" });
    for (const mean of [1, 2, 6]) bn.forward(tensor([mean - 1, mean + 1], [2, 1]));
    expect((await bn.stateDict()).running_mean?.[0]).toBeCloseTo(3, 12);
  });

  it("shares a mean over batch and positions, in 1d, 2d and 3d and in both layouts", () => {
    const { backend } = setUp();
    const shapes = [
      { layer: BatchNorm1d, first: [4, 2], last: [4, 2] },
      { layer: BatchNorm1d, first: [4, 2, 3], last: [4, 3, 2] },
      { layer: BatchNorm2d, first: [2, 2, 3, 2], last: [2, 3, 2, 2] },
      { layer: BatchNorm3d, first: [2, 2, 1, 3, 2], last: [2, 1, 3, 2, 2] },
    ] as const;
    for (const { layer, first, last } of shapes) {
      for (const [layout, shape] of [
        ["channels-first", first],
        ["channels-last", last],
      ] as const) {
        const size = shape.reduce((a: number, b: number) => a * b, 1);
        const bn = new layer(backend, 2, { layout, eps: 1e-12 });
        const y = bn.forward(backend.tensor(values(size), shape)).values;
        const inner = layout === "channels-last" || shape.length === 2 ? 1 : size / (shape[0] * 2);
        for (const channel of [0, 1]) {
          const own = [...y].filter((_, i) => Math.floor(i / inner) % 2 === channel);
          const mean = own.reduce((a, b) => a + b, 0) / own.length;
          const variance = own.reduce((a, b) => a + (b - mean) ** 2, 0) / own.length;
          expect(mean).toBeCloseTo(0, 5);
          expect(variance).toBeCloseTo(1, 5);
        }
      }
    }
  });

  it("accepts an empty batch: an empty y, untouched statistics, one more batch counted, gradients of zero", async () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm2d(backend, 3);
    const y = bn.forward(tensor([], [0, 3, 2, 2]));
    expect(y.shape).toEqual([0, 3, 2, 2]);
    expect(bn.backward(tensor([], [0, 3, 2, 2])).shape).toEqual([0, 3, 2, 2]);
    const state = await bn.stateDict();
    expect([...(state.running_mean ?? [])]).toEqual([0, 0, 0]);
    expect([...(state.running_var ?? [])]).toEqual([1, 1, 1]);
    expect(state.num_batches_tracked).toBe(1);
    expect([...(bn.weight?.grad.values ?? [])]).toEqual([0, 0, 0]);
  });

  it("lets the mode at forward decide the gradient, not the mode at backward", () => {
    const { backend, tensor } = setUp();
    const x = tensor([...values(6)], [3, 2]);
    const dy = tensor([...values(6, 9)], [3, 2]);
    const bn = new BatchNorm1d(backend, 2);
    bn.forward(x);
    const expected = [...bn.backward(dy).values];
    const other = new BatchNorm1d(backend, 2);
    other.forward(x);
    other.eval();
    expect([...other.backward(dy).values]).toEqual(expected);
  });

  it("keeps a NaN in its channel", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 2);
    const clean = [...new BatchNorm1d(backend, 2).forward(tensor([1, 1, 5, 2, 9, 4], [3, 2])).values];
    const y = [...bn.forward(tensor([1, 1, Number.NaN, 2, 9, 4], [3, 2])).values];
    expect(y.filter((_, i) => i % 2 === 1)).toEqual(clean.filter((_, i) => i % 2 === 1));
    expect(y.filter((_, i) => i % 2 === 0).every(Number.isNaN)).toBe(true);
  });
});

describe("inference", () => {
  it("normalizes by the running statistics and leaves them alone", async () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1, { eps: 0 }).eval();
    bn.loadStateDict({ weight: [2], bias: [1], running_mean: [10], running_var: [4], num_batches_tracked: 7 });
    expect([...bn.forward(tensor([10, 12], [2, 1])).values]).toEqual([1, 3]);
    const state = await bn.stateDict();
    expect([state.running_mean?.[0], state.running_var?.[0], state.num_batches_tracked]).toEqual([10, 4, 7]);
  });

  it("accepts a single value per channel", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 2).eval();
    expect(bn.forward(tensor([1, 2], [1, 2])).shape).toEqual([1, 2]);
  });

  it("uses batch statistics without trackRunningStats", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1, { trackRunningStats: false, eps: 1e-12 }).eval();
    expect(bn.runningMean).toBeNull();
    expect([...bn.forward(tensor([1, 3], [2, 1])).values]).toEqual([-1, 1]);
  });

  it("takes the statistics as constants in the gradient", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1, { eps: 0 }).eval();
    bn.loadStateDict({ weight: [3], bias: [0], running_mean: [1], running_var: [4] });
    bn.forward(tensor([5, 7], [2, 1]));
    expect([...bn.backward(tensor([1, 10], [2, 1])).values]).toEqual([1.5, 15]);
    expect(bn.weight?.grad.values[0]).toBe(1 * 2 + 10 * 3);
    expect(bn.bias?.grad.values[0]).toBe(11);
  });
});

describe("freeze", () => {
  it("uses running statistics and leaves them alone, whatever train() says, until unfreeze", async () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1, { eps: 0 });
    bn.freeze().train();
    expect(bn.training).toBe(true);
    expect(bn.frozen).toBe(true);
    expect([...bn.forward(tensor([3, 5], [2, 1])).values]).toEqual([3, 5]);
    expect((await bn.stateDict()).num_batches_tracked).toBe(0);
    bn.unfreeze();
    expect(() => bn.forward(tensor([3, 5], [2, 1]))).toThrow(/eps must be positive/);
  });

  it("trains gamma and beta, unless asked to freeze them", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1).freeze();
    bn.forward(tensor([3, 5], [2, 1]));
    bn.backward(tensor([1, 1], [2, 1]));
    expect(bn.bias?.grad.values[0]).toBe(2);
    bn.freeze({ parameters: true }).zeroGrad();
    bn.forward(tensor([3, 5], [2, 1]));
    bn.backward(tensor([1, 1], [2, 1]));
    bn.step(1);
    expect(bn.bias?.grad.values[0]).toBe(0);
    expect(bn.bias?.value.values[0]).toBe(0);
    expect(bn.parameters().map(({ requiresGrad }) => requiresGrad)).toEqual([false, false]);
  });

  it("is refused where there are no running statistics", () => {
    const { backend } = setUp();
    expect(() => new BatchNorm1d(backend, 1, { trackRunningStats: false }).freeze()).toThrow(/no running statistics/);
  });
});

describe("parameters", () => {
  it("are weight and bias, weight alone without bias, none without affine", () => {
    const { backend } = setUp();
    const names = (options: object) => new BatchNorm1d(backend, 2, options).parameters().map(({ name }) => name);
    expect(names({})).toEqual(["weight", "bias"]);
    expect(names({ bias: false })).toEqual(["weight"]);
    expect(names({ affine: false })).toEqual([]);
  });

  it("are trained by backward, step and zeroGrad", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 2);
    const x = tensor([...values(32)], [16, 2]);
    const target = values(32, 5);
    const loss = () => {
      const y = bn.forward(x);
      const error = y.values.map((value, i) => value - (target[i] as number));
      bn.zeroGrad();
      bn.backward(backend.tensor(error, y.shape)).dispose();
      y.dispose();
      return [...error].reduce((sum, e) => sum + e * e, 0);
    };
    const first = loss();
    for (let i = 0; i < 50; i++) {
      bn.step(0.02);
      loss();
    }
    const slope = bn.parameters().flatMap(({ grad }) => [...grad.values]);
    expect(loss()).toBeLessThan(first * 0.9);
    expect(Math.max(...slope.map(Math.abs))).toBeLessThan(1e-3);
  });

  it("gather gradients over micro-batches until zeroGrad", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1);
    for (const dy of [
      [1, 2],
      [3, 4],
    ]) {
      bn.forward(tensor([0, 1], [2, 1]));
      bn.backward(tensor(dy, [2, 1]));
    }
    expect(bn.bias?.grad.values[0]).toBe(10);
    bn.zeroGrad();
    expect(bn.bias?.grad.values[0]).toBe(0);
  });

  it("zeroGrad clears a gradient that is not finite", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1).eval();
    bn.forward(tensor([0, 1], [2, 1]));
    bn.backward(tensor([Number.NaN, 1], [2, 1]));
    expect(bn.bias?.grad.values[0]).toBeNaN();
    bn.zeroGrad();
    expect(bn.bias?.grad.values[0]).toBe(0);
  });
});

describe("resets", () => {
  it("resetRunningStats resets statistics and counter, resetParameters the parameters as well", async () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 1);
    bn.loadStateDict({ weight: [5], bias: [6], running_mean: [7], running_var: [8], num_batches_tracked: 9 });
    bn.resetRunningStats();
    const once = await bn.stateDict();
    expect([once.weight?.[0], once.running_mean?.[0], once.running_var?.[0], once.num_batches_tracked]).toEqual([
      5, 0, 1, 0,
    ]);
    bn.forward(tensor([1, 2], [2, 1]));
    bn.resetParameters();
    const twice = await bn.stateDict();
    expect([twice.weight?.[0], twice.bias?.[0], twice.running_mean?.[0], twice.num_batches_tracked]).toEqual([
      1, 0, 0, 0,
    ]);
  });
});

describe("ReLU", () => {
  it("is the layer without it, clipped, and so is its gradient", () => {
    const { backend } = setUp();
    const x = backend.tensor(values(60), [5, 3, 4]);
    const dy = backend.tensor(values(60, 3), [5, 3, 4]);
    const plain = new BatchNorm1d(backend, 3);
    const fused = new BatchNorm1d(backend, 3, { activation: "relu" });
    const z = plain.forward(x).values;
    expect([...fused.forward(x).values]).toEqual([...z].map((value) => Math.max(value, 0)));
    const masked = backend.tensor(
      dy.values.map((g, i) => ((z[i] as number) > 0 ? g : 0)),
      dy.shape,
    );
    expect([...fused.backward(dy).values]).toEqual([...plain.backward(masked).values]);
  });
});

it("computes float64 inputs with float32 parameters, and the other way round", () => {
  const { backend } = setUp();
  const x = new Float64Array(values(8));
  const wide = new BatchNorm1d(backend, 2).forward(backend.tensor(x, [4, 2]));
  expect(wide.dtype).toBe("float64");
  const narrow = new BatchNorm1d(backend, 2, { dtype: "float64" }).forward(backend.tensor(values(8), [4, 2]));
  expect(narrow.dtype).toBe("float32");
  wide.values.forEach((value, i) => {
    expect(Math.fround(value)).toBe(narrow.values[i]);
  });
});

it("prints as PyTorch does", () => {
  const { backend } = setUp();
  expect(String(new BatchNorm2d(backend, 64))).toBe(
    "BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
  );
  expect(
    String(new BatchNorm3d(backend, 3, { momentum: null, affine: false, trackRunningStats: false, eps: 0.001 })),
  ).toBe("BatchNorm3d(3, eps=0.001, momentum=None, affine=False, bias=False, track_running_stats=False)");
  for (const [eps, printed] of [
    [0, "0"],
    [1e-4, "0.0001"],
    [9e-5, "9e-05"],
    [1e15, "1000000000000000"],
    [1e16, "1e+16"],
    [1e100, "1e+100"],
  ] as const) {
    expect(String(new BatchNorm2d(backend, 1, { eps }))).toContain(`eps=${printed},`);
  }
});
