/** Views of every kind give what backend-cpu gives, and the same bits on one thread and on three. */
import { createCpuBackend } from "@batchnorm/backend-cpu";
import type { Activation, Backend, Tensor, View } from "@batchnorm/core";
import { everything } from "@batchnorm/testing/batch";
import fc from "@batchnorm/testing/properties";
import { afterAll, expect, it } from "vitest";
import { createWasmBackend } from "../src/node.js";
import { expectSameBits } from "./helpers/results.js";

const cpu = createCpuBackend();
const alone = await createWasmBackend({ threads: 1 });
const three = await createWasmBackend({ threads: 3 });

afterAll(() => {
  alone.close();
  three.close();
});

/** Rows that are folded with some left over, columns in panels, runs in chunks, quarters and segments. */
const corners: readonly View[] = [
  { outer: 142, channels: 15, inner: 13 },
  { outer: 33, channels: 3, inner: 1 },
  { outer: 9, channels: 5, inner: 3 },
  { outer: 70, channels: 1001, inner: 1 },
  { outer: 3, channels: 2, inner: 40_003 },
  { outer: 5, channels: 3, inner: 16_385 },
  { outer: 31, channels: 7, inner: 257 },
];

const views = fc
  .record({
    outer: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 300 })),
    channels: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 300 })),
    inner: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 900 })),
  })
  .filter(({ outer, channels, inner }) => outer * inner > 1 && outer * channels * inner < 200_000);

interface Asked {
  readonly view: View;
  readonly activation: Activation;
  readonly inPlace: boolean;
}

it.each(corners)("$outer x $channels x $inner", (view) => {
  for (const activation of ["relu", null] as const) compare({ view, activation, inPlace: true });
});

it("any other", () => {
  const asked = fc.record({
    view: views,
    activation: fc.constantFrom<Activation>("relu", null),
    inPlace: fc.boolean(),
  });
  fc.assert(fc.property(asked, compare), { numRuns: 150 });
});

function compare(asked: Asked): void {
  const expected = resultsOf(cpu, asked);
  const found = resultsOf(alone, asked);
  expectSameBits(resultsOf(three, asked), found);
  for (const [name, values] of Object.entries(expected)) {
    const own = found[name] as Float32Array;
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - (own[i] as number))), 0);
    expect(worst / scale, name).toBeLessThan(2 ** -21);
  }
}

function resultsOf<T extends Tensor & { values: ArrayLike<number> }>(
  backend: Backend<T>,
  { view, activation, inPlace }: Asked,
): Record<string, Float32Array> {
  const { channels } = view;
  const size = view.outer * channels * view.inner;
  const made: { dispose(): void }[] = [];
  const tensor = (values: Float32Array, state = false) => {
    const own = state ? backend.state(values, [values.length]) : backend.tensor(values, [values.length]);
    made.push(own);
    return own;
  };
  // whole numbers: z is 0 for many, and sums have many equal terms
  const x = tensor(drawn(size, (u) => Math.floor(u * 7) - 2));
  const dy = tensor(drawn(size, (u) => Math.floor(u * 5) - 2));
  const pass = {
    x,
    view,
    weight: tensor(
      drawn(channels, (u) => u + 0.5),
      true,
    ),
    bias: tensor(
      drawn(channels, (u) => u - 0.5),
      true,
    ),
    eps: 1e-5,
    activation,
  };
  const { y, moments } = backend.train(pass, null);
  const copy = (values: ArrayLike<number>) => Float32Array.from(values);
  const forward = copy(y.values);
  const { dx, dweight, dbias } = backend.backward(pass, moments, dy, { ...everything, out: inPlace ? dy : null });
  made.push(y, moments, ...[dx, dweight, dbias].flatMap((one) => one ?? []));
  const results = {
    y: forward,
    dx: copy(dx?.values ?? []),
    dweight: copy(dweight?.values ?? []),
    dbias: copy(dbias?.values ?? []),
  };
  for (const one of new Set(made)) one.dispose();
  return results;
}

function drawn(length: number, value: (u: number) => number): Float32Array {
  let state = 12_345;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return value(state / 2 ** 32);
  });
}
