import { createCpuBackend } from "@batchnorm/backend-cpu";
import type { BenchmarkCase } from "@batchnorm/timing";
import {
  backendImplementation,
  type Implementation,
  plain,
  type TimedTask,
  taskName,
  timedOperations,
  Unsupported,
  workloadOf,
} from "@batchnorm/timing";
import { baselineTfjs, tfjsEngines } from "@batchnorm/timing/tfjs";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { cases, computed, errorsOf, testCase } from "./odd-cases.js";

const activations = [null, "relu"] as const;
const backendTasks = timedOperations.flatMap((operation) =>
  activations.flatMap((activation) =>
    (["fresh", "reused"] as const).map((outputs) => ({ operation, activation, outputs })),
  ),
);
const tfjsTasks = (["step", "train", "infer"] as const).flatMap((operation) =>
  activations.map((activation) => ({ operation, activation, outputs: "fresh" as const })),
);

const baselineOnCpu = async () => (await baselineTfjs(tfjsEngines.cpu)) as Implementation;

describe.each(cases)("$shape, $layout", (of) => {
  it.each(backendTasks)("$operation, $activation, $outputs is computed whole and right by a backend", async (task) => {
    const implementation = backendImplementation(createCpuBackend(), { version: "0" });
    const { errors, agrees } = await errorsOf(implementation, of, task);
    expect(errors.map(({ result }) => result)).toEqual(computed[task.operation]);
    expect(agrees).toBe(true);
  });

  it.each(tfjsTasks)(
    "$operation, $activation is computed whole and right by TensorFlow.js, in float32",
    async (task) => {
      const { errors, agrees } = await errorsOf(await baselineOnCpu(), of, task);
      expect(errors.map(({ result }) => result)).toEqual(computed[task.operation]);
      expect(agrees).toBe(true);
      for (const { ulp } of errors) expect(ulp).toBeLessThan(50);
    },
  );

  it("is computed in float64 by a backend that has it, and refused by TensorFlow.js", async () => {
    const double: BenchmarkCase = { ...of, dtype: "float64" };
    const implementation = backendImplementation(createCpuBackend(), { version: "0" });
    expect((await errorsOf(implementation, double, plain("step"))).agrees).toBe(true);
    await expect(errorsOf(await baselineOnCpu(), double, plain("step"))).rejects.toThrow(Unsupported);
  });
});

describe("a task", () => {
  it("has a name that says all of it", () => {
    expect(taskName(plain("step"))).toBe("training step");
    expect(taskName({ operation: "infer", activation: "relu", outputs: "reused" })).toBe(
      "inference with ReLU, outputs reused",
    );
  });

  it.each(["backward", "train"] as const)("of TensorFlow.js is refused where it has none: %s", async (operation) => {
    const task: TimedTask = { operation, activation: null, outputs: operation === "train" ? "reused" : "fresh" };
    await expect((await baselineOnCpu()).prepare(workloadOf(testCase([4, 3], "channels-last")), task)).rejects.toThrow(
      Unsupported,
    );
  });
});

describe("agreement", () => {
  it("ends where one result is further off than its limit", async () => {
    const backend = createCpuBackend();
    const exact = backendImplementation(backend, { version: "0", limit: (result) => (result === "dx" ? 0 : 1) });
    const of = testCase([8, 5], "channels-last");
    expect((await errorsOf(exact, of, plain("step"))).agrees).toBe(false);
    expect((await errorsOf(exact, of, plain("train"))).agrees).toBe(true);
  });

  it("tells a result that is not finite", async () => {
    const backend = createCpuBackend();
    const apply = backend.apply.bind(backend);
    backend.apply = (...args) => {
      const y = apply(...args);
      y.values[0] = Number.NaN;
      return y;
    };
    const { errors, agrees } = await errorsOf(
      backendImplementation(backend, { version: "0" }),
      testCase([8, 5], "channels-last"),
      plain("infer"),
    );
    expect(errors).toEqual([{ result: "y", ulp: null, limit: expect.any(Number) }]);
    expect(agrees).toBe(false);
  });
});

describe.each(["step", "train", "infer"] as const)("%s leaks nothing", (operation) => {
  const of = testCase([3, 5, 4, 6], "channels-first");
  const runs = 3;

  async function run(implementation: Implementation): Promise<void> {
    const prepared = await implementation.prepare(workloadOf(of), plain(operation));
    await prepared.first();
    for (let i = 0; i < runs; i++) await prepared.time(1);
    await prepared.dispose();
  }

  it("on a backend", async () => {
    const backend = createCpuBackend();
    await run(backendImplementation(backend, { version: "0" }));
    expect(backend.memory().liveBuffers).toBe(0);
  });

  describe("in TensorFlow.js", () => {
    let tfjs: Implementation;
    beforeAll(async () => {
      tfjs = await baselineOnCpu();
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
