import { expect } from "vitest";
import type { Derivatives } from "../second-derivatives/second-derivatives.mjs";

/** In float32, a share of the largest of each; the engines are some 1e-6 off, a constant taken for a variable is off by 0.1. */
const tolerance = 2e-5;

export function expectDerivatives(all: readonly Derivatives[]): void {
  expect(all.length).toBeGreaterThan(20);
  for (const { name, actual, expected } of all) {
    const largest = Math.max(1, ...expected.map(Math.abs));
    expect(actual.length, name).toBe(expected.length);
    for (const [i, value] of actual.entries()) {
      expect(Math.abs(value - (expected[i] as number)) / largest, `${name}, at ${i}`).toBeLessThan(tolerance);
    }
  }
}
