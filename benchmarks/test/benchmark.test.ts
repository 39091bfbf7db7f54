import { createCpuBackend } from "@batchnorm/backend-cpu";
import { describe, expect, it } from "vitest";
import { benchmark } from "../src/benchmark.js";
import { formatRatio, formatTime } from "../src/format.js";
import { backendImplementation } from "../src/implementations/backend.js";
import { geometricMean, spreadOf } from "../src/statistics.js";
import { smallCase } from "./small-case.js";

const testCase = { ...smallCase, shape: [4, 3, 5, 5] };
const budget = { rounds: 2, milliseconds: 10 };
const operations = ["step", "backward", "infer"] as const;

describe("a benchmark", () => {
  it("times every operation of all who agree, with samples, spread and traffic, and leaves nothing behind", async () => {
    const backend = createCpuBackend();
    const implementations = ["cpu", "again"].map((name) =>
      backendImplementation(backend, { name, version: "0", limit: () => 1 }),
    );
    const measured = await benchmark(testCase, implementations, budget, operations);
    expect(measured.map(({ operation, implementation }) => [operation, implementation])).toEqual(
      operations.flatMap((operation) => [
        [operation, "cpu"],
        [operation, "again"],
      ]),
    );
    for (const { timing } of measured) {
      if (timing === null) throw new Error("not timed");
      expect(timing.samples.length).toBeGreaterThanOrEqual(budget.rounds);
      expect(timing).toMatchObject(spreadOf(timing.samples));
    }
    const infer = measured.at(-1)?.timing;
    // x read and y written, 300 floats each
    expect(infer?.gigabytesPerSecond).toBeCloseTo((2 * 300 * 4) / ((infer?.median ?? 0) * 1e6), 9);
    expect(backend.memory().liveBuffers).toBe(0);
  });

  it("does not time who disagrees, and times the others", async () => {
    const backend = createCpuBackend();
    const measured = await benchmark(
      testCase,
      [
        backendImplementation(backend, { name: "wrong", version: "0", limit: () => 0 }),
        backendImplementation(backend, { version: "0" }),
      ],
      budget,
      operations,
    );
    for (const { implementation, agrees, timing } of measured) {
      expect(agrees).toBe(implementation === "cpu");
      expect(timing === null).toBe(implementation === "wrong");
    }
  });

  it("leaves nothing behind when one fails", async () => {
    const backend = createCpuBackend();
    const failing = Object.assign(createCpuBackend(), {
      train: () => {
        throw new Error("out of memory");
      },
    });
    const implementations = [
      backendImplementation(backend, { version: "0" }),
      backendImplementation(failing, { version: "0" }),
    ];
    await expect(benchmark(testCase, implementations, budget, operations)).rejects.toThrow("out of memory");
    expect(backend.memory().liveBuffers).toBe(0);
    expect(failing.memory().liveBuffers).toBe(0);
  });
});

describe("statistics", () => {
  it("are order statistics", () => {
    expect(spreadOf([5, 1, 2, 4, 3])).toEqual({ median: 3, lower: 2, upper: 4, least: 1, most: 5 });
    expect(spreadOf([1, 2])).toMatchObject({ median: 1.5, lower: 1.25, upper: 1.75 });
    expect(() => spreadOf([])).toThrow("at least one sample");
    expect(geometricMean([1, 100])).toBeCloseTo(10, 12);
  });

  it("are printed with as many digits as they are good for", () => {
    expect([0.0412, 0.9996, 1.07, 12.34, 999.4, 2500].map(formatTime)).toEqual([
      "41.2 µs",
      "1.00 ms",
      "1.07 ms",
      "12.3 ms",
      "999 ms",
      "2.50 s",
    ]);
    expect([208, 94.9, 4, 3.08, 0.51].map(formatRatio)).toEqual(["210", "95", "4.0", "3.1", "0.51"]);
  });
});
