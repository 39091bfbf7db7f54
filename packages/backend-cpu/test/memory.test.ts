import type { FloatArray, View } from "@batchnorm/core";
import { hostBackend } from "@batchnorm/core/host";
import { everything, makeBatch, upload } from "@batchnorm/testing/batch";
import { Random } from "@batchnorm/testing/random";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CpuKernels } from "../src/backend.js";
import { type CpuBackend, type CpuTensor, createCpuBackend } from "../src/index.js";
import { Pool, type PoolMemory } from "../src/pool.js";

const view: View = { outer: 8, channels: 6, inner: 20 };

/** What a layer in training does at each step, all of whose results are disposed at its end. */
function trainer(backend: CpuBackend) {
  const { pass: p } = upload(backend, makeBatch(new Random(139), view), "relu");
  const running = { mean: backend.state(new Float32Array(6), [6]), variance: backend.state(new Float32Array(6), [6]) };
  const shape = [view.outer, view.channels, view.inner];
  const batch = makeBatch(new Random(149), view);
  return (dyShape: readonly number[] = shape) => {
    const made: { dispose(): void }[] = [];
    const keep = <T extends { dispose(): void }>(value: T): T => {
      made.push(value);
      return value;
    };
    try {
      const x = keep(backend.tensor(batch.x, shape));
      const held = keep(backend.retain(x));
      const weight = keep(backend.retain(p.weight));
      const pass = { ...p, x };
      const { y, moments } = backend.train(pass, null);
      keep(y);
      keep(moments);
      backend.move(running, moments, 0.1, 1);
      keep(backend.apply(pass, running, null));
      const dy = keep(backend.tensor(batch.dy, dyShape));
      const { dx, dweight, dbias } = backend.backward({ ...p, x: held, weight }, moments, dy, everything);
      const gradients = [dx, dweight, dbias].map((g) => keep(g as CpuTensor));
      backend.axpy(-0.01, gradients[1], p.weight);
      backend.axpy(-0.01, gradients[2], p.bias);
    } finally {
      for (const value of made) value.dispose();
    }
  };
}

/** Counts the arrays of floats that are made from now on. */
function countAllocations(): { readonly count: number; readonly bytes: number } {
  const made = { count: 0, bytes: 0 };
  for (const name of ["Float32Array", "Float64Array"] as const) {
    vi.stubGlobal(
      name,
      new Proxy(globalThis[name], {
        construct(target, args) {
          const array = Reflect.construct(target, args) as FloatArray;
          made.count++;
          made.bytes += array.byteLength;
          return array;
        },
      }),
    );
  }
  return made;
}

/** Whether there was no memory for it. */
function failed(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return true;
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a training loop", () => {
  it("makes no array of floats after its first step", () => {
    const step = trainer(createCpuBackend());
    const made = countAllocations();
    step();
    expect(made.count).toBeGreaterThan(0); // the first step makes what the others use
    const { count } = made;
    for (let i = 0; i < 20; i++) step();
    expect(made.count).toBe(count);
  });

  it("makes them again at each step where none are kept", () => {
    const step = trainer(createCpuBackend({ maximumPooledBytes: 0 }));
    step();
    const made = countAllocations();
    step();
    expect(made.count).toBeGreaterThan(0);
  });

  it("holds as many buffers after 1,000 steps as after the first, and keeps as many bytes", () => {
    const backend = createCpuBackend();
    const step = trainer(backend);
    step();
    const before = backend.memory();
    for (let i = 0; i < 1000; i++) step();
    expect(backend.memory()).toEqual(before);
  });

  it("and also where every other step fails half-way", () => {
    const backend = createCpuBackend();
    const step = trainer(backend);
    step();
    const before = backend.memory();
    for (let i = 0; i < 500; i++) {
      step();
      expect(() => step([view.outer * view.channels, view.inner])).toThrow(/expected a tensor of shape \[8, 6, 20\]/);
    }
    expect(backend.memory()).toEqual(before);
  });
});

describe("scratch", () => {
  it("is of the size of the channels: no operation makes a copy of x", () => {
    const backend = createCpuBackend();
    const { pass, dy } = upload(backend, makeBatch(new Random(151), { outer: 4, channels: 3, inner: 1000 }));
    const { x } = pass;
    const out = backend.tensor(x.values, x.shape);
    const statistics = { mean: backend.state([0, 0, 0], [3]), variance: backend.state([1, 1, 1], [3]) };
    const made = countAllocations();
    const { moments } = backend.train(pass, out);
    backend.backward(pass, moments, dy, { ...everything, out });
    backend.apply(pass, statistics, out);
    backend.backward(pass, statistics, dy, { ...everything, out });
    expect(made.bytes).toBeGreaterThan(0);
    expect(made.bytes).toBeLessThan(x.values.byteLength / 4);
  });

  it("goes back, as do results, where there is no memory for the next of them", () => {
    class Short extends Pool {
      left = Infinity;

      override take(...of: Parameters<Pool["take"]>): PoolMemory {
        if (this.left-- <= 0) throw new RangeError("Array buffer allocation failed");
        return super.take(...of);
      }
    }
    const pool = new Short(Infinity);
    const backend = hostBackend(new CpuKernels(pool));
    const { pass, dy } = upload(backend, makeBatch(new Random(157), view), "relu");
    const moments = backend.moments(pass);
    for (const run of [
      () => backend.train(pass, null),
      () => backend.apply(pass, moments, null),
      () => backend.backward(pass, moments, dy, everything),
      () => backend.moments(pass),
      () => backend.gradientSums(pass, moments, dy),
    ]) {
      const { liveBuffers } = pool;
      let failures = 0;
      for (pool.left = 0; failed(run); pool.left = ++failures) expect(pool.liveBuffers).toBe(liveBuffers);
      expect(failures).toBeGreaterThan(1); // of a result and of scratch
      pool.left = Infinity;
    }
  });
});
