import { fileURLToPath } from "node:url";
import { describeWith } from "@batchnorm/testing/describe-with";
import type { BenchmarkCase } from "@batchnorm/timing";
import { type Implementation, plain, type TimedTask, taskName, Unsupported, workloadOf } from "@batchnorm/timing";
import { beforeAll, describe, expect, it } from "vitest";
import { helperImplementation } from "../src/implementations/helper-implementation.js";
import { onnxruntime, onnxruntimeDescription, onnxruntimeImplementation } from "../src/implementations/onnxruntime.js";
import { cases, computed, errorsOf, testCase } from "./odd-cases.js";

const tasks = ([null, "relu"] as const).flatMap((activation) =>
  (["fresh", "reused"] as const).map((outputs): TimedTask => ({ operation: "infer", activation, outputs })),
);

await describeWith(onnxruntime, "ONNX Runtime", (use) => {
  let implementation: Implementation;
  beforeAll(async () => {
    implementation = await onnxruntimeImplementation();
  });

  it("says who it is", async () => {
    expect(implementation).toMatchObject({ name: "onnxruntime", version: use().version, threads: 1 });
    expect(await onnxruntimeImplementation(2)).toMatchObject({ name: "onnxruntime 2 threads", threads: 2 });
  });

  describe.each(cases)("$shape, $layout", (of) => {
    it.each(tasks.map((task) => [taskName(task), task] as const))("computes %s right", async (_, task) => {
      const { errors } = await errorsOf(implementation, of, task);
      expect(errors.map(({ result }) => result)).toEqual(computed.infer);
      for (const { ulp } of errors) expect(ulp).toBeLessThan(10);
    });

    it("computes in float64, with the epsilon of float32 that ONNX has", async () => {
      const double: BenchmarkCase = { ...of, dtype: "float64" };
      expect((await errorsOf(implementation, double, plain("infer"))).agrees).toBe(true);
    });
  });

  it.each(["fresh", "reused"] as const)(
    "gives times, and right results after them, with outputs %s",
    async (outputs) => {
      const of = testCase([2, 5, 4, 3], "channels-first");
      const prepared = await implementation.prepare(workloadOf(of), { ...plain("infer"), outputs });
      await prepared.first();
      for (const sample of await prepared.time(5)) expect(sample).toBeGreaterThan(0);
      await prepared.dispose();
      expect((await errorsOf(implementation, of, { ...plain("infer"), outputs })).agrees).toBe(true);
    },
  );

  it.each(["step", "train", "backward"] as const)("refuses what it cannot compute: %s", async (operation) => {
    const workload = workloadOf(testCase([4, 3], "channels-last"));
    await expect(implementation.prepare(workload, plain(operation))).rejects.toThrow(Unsupported);
  });

  it("runs in a process of its own, on the threads that it is asked for", async () => {
    const host = fileURLToPath(new URL("../dist/implementations/host.js", import.meta.url));
    const module = fileURLToPath(new URL("../dist/implementations/onnxruntime.js", import.meta.url));
    const helper = await helperImplementation({
      ...onnxruntimeDescription(2),
      command: { file: process.execPath, args: [host, module, "onnxruntimeImplementation"] },
    });
    try {
      expect(helper.threads).toBe(2);
      expect((await errorsOf(helper, testCase([3, 4, 6, 5], "channels-last"), plain("infer"))).agrees).toBe(true);
    } finally {
      await helper.close?.();
    }
  });
});
