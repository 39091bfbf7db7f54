/** Running variances slightly below 0, by value, on the backends that are there on every machine. */
import { type Backend, defaultEps, type Tensor } from "@batchnorm/core";
import { BatchNorm1d, batchNorm } from "@batchnorm/layers";
import { describe, expect, it } from "vitest";
import { backends } from "../backends.mjs";

/** In inference by variances 1 and `variance`, y of the second channel for x = 1, -4 and mean 0. */
async function infer(backend: Backend, variance: number): Promise<number[]> {
  const runningMean = backend.state([0, 0], [2]);
  const runningVar = backend.state([1, variance], [2]);
  const x = backend.tensor([5, 1, 6, -4], [2, 2]);
  const call = batchNorm(backend, x, { runningMean, runningVar });
  const y = [...(await call.y.data())];
  for (const thing of [call.y, call, x, runningMean, runningVar] as { dispose(): void }[]) thing.dispose();
  expect(y.filter((_, i) => i % 2 === 0).every(Number.isFinite)).toBe(true);
  return y.filter((_, i) => i % 2 === 1);
}

async function opened(name: string): Promise<Backend> {
  const backend = backends.find((one) => one.name === name);
  if (backend === undefined) throw new Error(`no backend is called ${name}`);
  return backend.open();
}

describe.each(["cpu", "wasm"])("on %s, which adds eps in float64", (name) => {
  it("a variance that leaves 1e-10 of eps normalizes to the last bit", async () => {
    const backend = await opened(name);
    const layer = new BatchNorm1d<Tensor>(backend, 2).eval();
    layer.loadStateDict({ running_var: [1, -9.9998997e-6] }, { strict: false });
    const x = backend.tensor([5, 1, 6, -4], [2, 2]);
    const y = await layer.forward(x).data();
    const deviation = Math.sqrt(Math.fround(-9.9998997e-6) + defaultEps);
    expect([y[1], y[3]]).toEqual([1 / deviation, -4 / deviation].map(Math.fround));
    expect(await infer(backend, -9.9998997e-6)).toEqual([y[1], y[3]]);
    await backend.close?.();
  });
});

describe.each(["tfjs-cpu", "tfjs-wasm"])("on %s, whose numbers cannot be seen", (name) => {
  it("a variance of -eps and less gives no finite number in its channel", async () => {
    const backend = await opened(name);
    expect(await infer(backend, -1)).toEqual([Number.NaN, Number.NaN]);
    expect((await infer(backend, -Math.fround(defaultEps))).some(Number.isFinite)).toBe(false);
  });
});
