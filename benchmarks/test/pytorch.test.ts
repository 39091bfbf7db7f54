import { availableParallelism } from "node:os";
import { pytorch } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import type { BenchmarkCase } from "@batchnorm/timing";
import { type Implementation, plain, timedOperations, Unsupported, workloadOf } from "@batchnorm/timing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pytorchImplementation } from "../src/implementations/pytorch.js";
import { cases, computed, errorsOf, testCase } from "./odd-cases.js";

const tasks = timedOperations.flatMap((operation) =>
  ([null, "relu"] as const).map((activation) => ({ operation, activation, outputs: "fresh" as const })),
);

await describeWith(pytorch, "PyTorch", (use) => {
  const python = () => use().path as string;

  describe.each(["default", "retained"] as const)("with memory %s", (memory) => {
    let implementation: Implementation;
    beforeAll(async () => {
      implementation = await pytorchImplementation(python(), { memory });
    });
    afterAll(() => implementation?.close?.());

    it("says who it is", () => {
      expect(implementation).toMatchObject({
        name: memory === "retained" ? "pytorch malloc retained" : "pytorch",
        threads: 1,
      });
      expect(implementation.version).toBe(use().version);
    });

    describe.each(cases)("$shape, $layout", (of) => {
      it.each(tasks)("$operation, $activation is computed whole and right", async (task) => {
        const { errors, agrees } = await errorsOf(implementation, of, task);
        expect(errors.map(({ result }) => result)).toEqual(computed[task.operation]);
        expect(agrees).toBe(true);
        for (const { ulp } of errors) expect(ulp).toBeLessThan(50);
      });

      it("is computed in float64", async () => {
        const double: BenchmarkCase = { ...of, dtype: "float64" };
        const { errors } = await errorsOf(implementation, double, plain("step"));
        for (const { ulp } of errors) expect(ulp).toBeLessThan(50);
      });
    });

    it.each(timedOperations)("gives times: %s", async (operation) => {
      const of = testCase([2, 5, 4, 3], "channels-first");
      const prepared = await implementation.prepare(workloadOf(of), plain(operation));
      try {
        await prepared.first();
        const samples = await prepared.time(5);
        expect(samples.length).toBeGreaterThan(0);
        for (const sample of samples) expect(sample).toBeGreaterThan(0);
      } finally {
        await prepared.dispose();
      }
    });

    it("refuses outputs that are reused and shapes that no layer takes, and goes on", async () => {
      const of = testCase([4, 3], "channels-last");
      const workload = workloadOf(of);
      await expect(implementation.prepare(workload, { ...plain("step"), outputs: "reused" })).rejects.toThrow(
        Unsupported,
      );
      const flat = { ...workload, case: { ...of, shape: [12] } };
      await expect(implementation.prepare(flat, plain("infer"))).rejects.toThrow(
        /no layer takes a shape of 1 dimension/,
      );
      expect((await errorsOf(implementation, of, plain("step"))).agrees).toBe(true);
    });
  });

  it("computes on as many threads as it is asked to, and refuses more than there are cores", async () => {
    const threads = Math.min(2, availableParallelism());
    const implementation = await pytorchImplementation(python(), { threads });
    expect(implementation).toMatchObject({ name: threads === 2 ? "pytorch 2 threads" : "pytorch", threads });
    await implementation.close?.();
    if (process.platform !== "linux") return;
    await expect(pytorchImplementation(python(), { threads: 4096 })).rejects.toThrow(/4096 threads were asked for/);
  });
});
