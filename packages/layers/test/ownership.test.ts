import { type CpuBackend, type CpuTensor, createCpuBackend } from "@batchnorm/backend-cpu";
import { thrown } from "@batchnorm/testing/thrown";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BatchNorm1d, batchNorm } from "../src/index.js";
import { values } from "./helpers.js";

let backend: CpuBackend;
let live: number;

beforeEach(() => {
  backend = createCpuBackend();
  live = backend.memory().liveBuffers;
});

afterEach(() => {
  expect(backend.memory().liveBuffers).toBe(live);
});

const shape = [6, 3];

function input(seed: number): CpuTensor {
  return backend.tensor(values(18, seed), shape);
}

describe("calls", () => {
  it("keep what they need: x disposed, weight changed, running statistics moved and the mode switched in between", () => {
    using bn = new BatchNorm1d(backend, 3).eval();
    using dy = input(2);
    using alone = new BatchNorm1d(backend, 3).eval();
    using x = input(1);
    alone.forward(x).dispose();
    using expected = alone.backward(dy);

    using own = input(1);
    const call = bn.call(own);
    call.y.dispose();
    own.dispose();
    bn.train();
    using other = input(7);
    bn.forward(other).dispose();
    bn.backward(dy).dispose();
    bn.step(0.5);
    using dx = call.backward(dy);
    expect([...dx.values]).toEqual([...expected.values]);
    call.dispose();
  });

  it("write into out, which may be dy", () => {
    using bn = new BatchNorm1d(backend, 3);
    using plain = new BatchNorm1d(backend, 3);
    using x = input(1);
    using dy = input(2);
    using y = plain.forward(x);
    using dx = plain.backward(dy);
    using out = input(9);
    expect(bn.forward(x, { out })).toBe(out);
    expect(bn.backward(dy, { out: dy })).toBe(dy);
    expect([...out.values]).toEqual([...y.values]);
    expect([...dy.values]).toEqual([...dx.values]);
  });

  it("compute only what is needed", () => {
    using bn = new BatchNorm1d(backend, 3);
    using x = input(1);
    using dy = input(2);
    bn.forward(x).dispose();
    expect(bn.backward(dy, { needs: { dx: false } })).toBeNull();
    expect(bn.weight?.grad.values.some((value) => value !== 0)).toBe(true);
    bn.zeroGrad();
    bn.backward(dy, { needs: { affine: false } }).dispose();
    expect([...(bn.weight?.grad.values ?? [])]).toEqual([0, 0, 0]);
  });
});

describe("memory", () => {
  it("stays the same over 1,000 steps", () => {
    using bn = new BatchNorm1d(backend, 3);
    let before: unknown;
    for (let i = 0; i < 1000; i++) {
      using x = input(i + 1);
      using y = bn.forward(x);
      using dx = bn.backward(y);
      dx.values;
      bn.step(0.01);
      bn.zeroGrad();
      if (i === 1) before = backend.memory();
    }
    using x = input(1);
    using _y = bn.forward(x);
    using _dx = bn.backward(x);
    expect(backend.memory().pooledBytes).toBeLessThanOrEqual((before as { pooledBytes: number }).pooledBytes);
  });
});

/** The operations of a backend that can fail; the rest only tell. */
const operations = ["tensor", "state", "assign", "axpy", "retain", "train", "infer", "backward", "move"] as const;

/** The same backend, but its k-th operation fails; Infinity: none. */
function failing(k: number): { backend: CpuBackend; count: () => number; arm: (k: number) => void } {
  let count = 0;
  let at = k;
  const faulty = new Proxy(backend, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      if (!operations.includes(name as (typeof operations)[number])) return member.bind(target);
      return (...args: unknown[]) => {
        count++;
        if (count === at) throw new Error(`injected at operation ${count}: ${String(name)}`);
        return member.apply(target, args);
      };
    },
  });
  const arm = (next: number) => {
    count = 0;
    at = next;
  };
  return { backend: faulty, count: () => count, arm };
}

describe("a failure at any operation changes nothing, leaks nothing, and the next call is right", () => {
  const actions = {
    "forward in training": (bn: BatchNorm1d<CpuTensor>) => bn.forward(input9).dispose(),
    "forward in eval": (bn: BatchNorm1d<CpuTensor>) => bn.eval().forward(input9).dispose(),
    backward: (bn: BatchNorm1d<CpuTensor>) => bn.backward(dy9).dispose(),
    step: (bn: BatchNorm1d<CpuTensor>) => bn.step(0.5),
    zeroGrad: (bn: BatchNorm1d<CpuTensor>) => bn.zeroGrad(),
    resetParameters: (bn: BatchNorm1d<CpuTensor>) => bn.resetParameters(),
    resetRunningStats: (bn: BatchNorm1d<CpuTensor>) => bn.resetRunningStats(),
    loadStateDict: (bn: BatchNorm1d<CpuTensor>) =>
      bn.loadStateDict({ weight: [1, 2, 3], bias: [4, 5, 6], running_mean: [7, 8, 9], running_var: [1, 2, 3] }),
  } as const;
  let input9: CpuTensor;
  let dy9: CpuTensor;

  for (const [name, action] of Object.entries(actions)) {
    it(name, async () => {
      input9 = input(9);
      dy9 = input(10);
      const { backend: faulty, count, arm } = failing(Number.POSITIVE_INFINITY);
      const prepared = () => {
        const bn = new BatchNorm1d(faulty, 3);
        bn.forward(dy9).dispose();
        bn.backward(dy9).dispose();
        return bn;
      };
      const snapshot = async (bn: BatchNorm1d<CpuTensor>) => ({
        ...(await bn.stateDict()),
        gradients: bn.parameters().map(({ grad }) => [...grad.values]),
      });
      arm(Number.POSITIVE_INFINITY);
      const right = prepared();
      arm(Number.POSITIVE_INFINITY);
      action(right);
      const total = count();
      const expected = await snapshot(right);
      right.dispose();
      expect(total).toBeGreaterThan(0);
      for (let k = 1; k <= total; k++) {
        arm(Number.POSITIVE_INFINITY);
        const bn = prepared();
        const before = await snapshot(bn);
        const liveBefore = backend.memory().liveBuffers;
        arm(k);
        expect(thrown(() => action(bn)).message).toContain(`injected at operation ${k}:`);
        expect(await snapshot(bn)).toEqual(before);
        expect(backend.memory().liveBuffers).toBe(liveBefore);
        action(bn);
        expect(await snapshot(bn)).toEqual(expected);
        bn.dispose();
      }
      input9.dispose();
      dy9.dispose();
    });
  }

  it("construction", () => {
    const { backend: faulty, count, arm } = failing(Number.POSITIVE_INFINITY);
    new BatchNorm1d(faulty, 3).dispose();
    const total = count();
    for (let k = 1; k <= total; k++) {
      arm(k);
      thrown(() => new BatchNorm1d(faulty, 3));
    }
  });
});

describe("the function batchNorm", () => {
  it("holds no state but what it is given, and returns gradients to the caller", () => {
    using x = input(1);
    using dy = input(2);
    using weight = backend.state([1, 2, 3], [3]);
    using bias = backend.state([0, 1, 0], [3]);
    using runningMean = backend.state([0, 0, 0], [3]);
    using runningVar = backend.state([1, 1, 1], [3]);
    using call = batchNorm(backend, x, { training: true, weight, bias, runningMean, runningVar });
    const { dx, dweight, dbias } = call.backward(dy);
    expect(runningMean.values[0]).not.toBe(0);
    expect([...weight.values]).toEqual([1, 2, 3]);
    expect(dweight?.shape).toEqual([3]);
    expect(dbias?.shape).toEqual([3]);
    for (const tensor of [dx, dweight, dbias, call.y]) tensor?.dispose();
  });

  it("takes any rank from 2 on, running statistics or none, and leaves them alone in inference", () => {
    using x = backend.tensor(values(48), [2, 3, 1, 2, 2, 2]);
    using training = batchNorm(backend, x, { training: true });
    expect(training.y.shape).toEqual(x.shape);
    using runningMean = backend.state([1, 1, 1], [3]);
    using runningVar = backend.state([4, 4, 4], [3]);
    using inference = batchNorm(backend, x, { runningMean, runningVar, eps: 0 });
    expect(inference.y.values[0]).toBe(Math.fround(((values(48)[0] as number) - 1) / 2));
    expect([...runningMean.values]).toEqual([1, 1, 1]);
    const empty = backend.tensor([], [0, 3]);
    using none = batchNorm(backend, empty, { training: true, runningMean, runningVar });
    const { dx, dweight } = none.backward(empty);
    expect([dx?.shape, dweight]).toEqual([[0, 3], null]);
    for (const tensor of [training.y, inference.y, empty, none.y, dx]) tensor?.dispose();
  });
});
