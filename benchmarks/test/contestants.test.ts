import { createCpuBackend } from "@batchnorm/backend-cpu";
import type { Layout } from "@batchnorm/core";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { agreementOf, referenceOf } from "../src/agreement.js";
import type { BenchmarkCase } from "../src/cases.js";
import type { Contestant } from "../src/contestant.js";
import { backendContestant } from "../src/contestants/backend.js";
import { tfjsCpuContestant } from "../src/contestants/tfjs-cpu.js";
import { timedOperations } from "../src/operations.js";
import { workloadOf } from "../src/workload.js";

const kase = (shape: number[], layout: Layout): BenchmarkCase => ({
  name: "test",
  about: "odd sizes",
  shape,
  layout,
  quick: false,
});

const cases = [
  kase([7, 5], "channels-last"),
  kase([3, 5, 4, 6], "channels-first"),
  kase([3, 4, 6, 5], "channels-last"),
  kase([2, 5, 3, 4, 6], "channels-first"),
  kase([2, 3, 4, 6, 5], "channels-last"),
];

async function errorsOf(contestant: Contestant, of: BenchmarkCase, operation: (typeof timedOperations)[number]) {
  const workload = workloadOf(of);
  const prepared = await contestant.prepare(workload, operation);
  try {
    return await agreementOf(contestant, prepared, operation, referenceOf(workload));
  } finally {
    prepared.dispose();
  }
}

const computed = {
  step: ["y", "dx", "dweight", "dbias", "running_mean", "running_var"],
  train: ["y", "running_mean", "running_var"],
  infer: ["y"],
} as const;

describe.each(cases)("$shape, $layout", (of) => {
  describe.each(timedOperations)("%s", (operation) => {
    it("is computed whole and right by a backend", async () => {
      const contestant = backendContestant(createCpuBackend(), { version: "0" });
      const { errors, agrees } = await errorsOf(contestant, of, operation);
      expect(errors.map(({ result }) => result)).toEqual(computed[operation]);
      expect(agrees).toBe(true);
    });

    it("is computed whole and right by TensorFlow.js, in float32", async () => {
      const { errors, agrees } = await errorsOf(await tfjsCpuContestant(), of, operation);
      expect(errors.map(({ result }) => result)).toEqual(computed[operation]);
      expect(agrees).toBe(true);
      for (const { ulp } of errors) expect(ulp).toBeLessThan(50);
    });
  });
});

describe("agreement", () => {
  it("ends where one result is further off than its limit", async () => {
    const backend = createCpuBackend();
    const exact = backendContestant(backend, { version: "0", limit: (result) => (result === "dx" ? 0 : 1) });
    const of = kase([8, 5], "channels-last");
    expect((await errorsOf(exact, of, "step")).agrees).toBe(false);
    expect((await errorsOf(exact, of, "train")).agrees).toBe(true);
  });

  it("tells a result that is not finite", async () => {
    const backend = createCpuBackend();
    const infer = backend.infer.bind(backend);
    backend.infer = (...args) => {
      const y = infer(...args);
      y.values[0] = Number.NaN;
      return y;
    };
    const { errors, agrees } = await errorsOf(
      backendContestant(backend, { version: "0" }),
      kase([8, 5], "channels-last"),
      "infer",
    );
    expect(errors).toEqual([{ result: "y", ulp: null, limit: expect.any(Number) }]);
    expect(agrees).toBe(false);
  });
});

describe.each(timedOperations)("%s leaks nothing", (operation) => {
  const of = kase([3, 5, 4, 6], "channels-first");
  const runs = 3;

  async function run(contestant: Contestant): Promise<void> {
    const prepared = await contestant.prepare(workloadOf(of), operation);
    for (let i = 0; i < runs; i++) {
      const outcome = prepared.run();
      await outcome.read();
      outcome.dispose();
    }
    prepared.dispose();
  }

  it("on a backend", async () => {
    const backend = createCpuBackend();
    await run(backendContestant(backend, { version: "0" }));
    expect(backend.memory().liveBuffers).toBe(0);
  });

  describe("in TensorFlow.js", () => {
    let tfjs: Contestant;
    beforeAll(async () => {
      tfjs = await tfjsCpuContestant();
    });

    it("and uses its cpu backend", async () => {
      const before = tf.memory().numTensors;
      await run(tfjs);
      expect(tf.memory().numTensors).toBe(before);
      expect(tf.getBackend()).toBe("cpu");
      expect(tfjs.version).toBe(tf.version.tfjs);
    });
  });
});
