import { fileURLToPath } from "node:url";
import { describeWith } from "@batchnorm/components/vitest";
import { beforeAll, describe, expect, it } from "vitest";
import type { BenchmarkCase } from "../src/cases/schema.js";
import { type Contestant, Unsupported } from "../src/contestants/contestant.js";
import { helperContestant } from "../src/contestants/helper-contestant.js";
import { onnxruntime, onnxruntimeContestant, onnxruntimeDescription } from "../src/contestants/onnxruntime.js";
import { plain, type TimedTask, taskName } from "../src/operations.js";
import { workloadOf } from "../src/workload.js";
import { cases, computed, errorsOf, kase } from "./odd-cases.js";

const tasks = ([null, "relu"] as const).flatMap((activation) =>
  (["fresh", "reused"] as const).map((outputs): TimedTask => ({ operation: "infer", activation, outputs })),
);

await describeWith(onnxruntime, "ONNX Runtime", (use) => {
  let contestant: Contestant;
  beforeAll(async () => {
    contestant = await onnxruntimeContestant();
  });

  it("says who it is", async () => {
    expect(contestant).toMatchObject({ name: "onnxruntime", version: use().version, threads: 1 });
    expect(await onnxruntimeContestant(2)).toMatchObject({ name: "onnxruntime 2 threads", threads: 2 });
  });

  describe.each(cases)("$shape, $layout", (of) => {
    it.each(tasks.map((task) => [taskName(task), task] as const))("computes %s right", async (_, task) => {
      const { errors } = await errorsOf(contestant, of, task);
      expect(errors.map(({ result }) => result)).toEqual(computed.infer);
      for (const { ulp } of errors) expect(ulp).toBeLessThan(10);
    });

    it("computes in float64, with the epsilon of float32 that ONNX has", async () => {
      const double: BenchmarkCase = { ...of, dtype: "float64" };
      expect((await errorsOf(contestant, double, plain("infer"))).agrees).toBe(true);
    });
  });

  it.each(["fresh", "reused"] as const)(
    "gives times, and right results after them, with outputs %s",
    async (outputs) => {
      const of = kase([2, 5, 4, 3], "channels-first");
      const prepared = await contestant.prepare(workloadOf(of), { ...plain("infer"), outputs });
      await prepared.first();
      for (const sample of await prepared.time(5)) expect(sample).toBeGreaterThan(0);
      await prepared.dispose();
      expect((await errorsOf(contestant, of, { ...plain("infer"), outputs })).agrees).toBe(true);
    },
  );

  it.each(["step", "train", "backward"] as const)("refuses what it cannot compute: %s", async (operation) => {
    const workload = workloadOf(kase([4, 3], "channels-last"));
    await expect(contestant.prepare(workload, plain(operation))).rejects.toThrow(Unsupported);
  });

  it("runs in a process of its own, on the threads that it is asked for", async () => {
    const host = fileURLToPath(new URL("../dist/contestants/host.js", import.meta.url));
    const module = fileURLToPath(new URL("../dist/contestants/onnxruntime.js", import.meta.url));
    const helper = await helperContestant({
      ...onnxruntimeDescription(2),
      command: { file: process.execPath, args: [host, module, "onnxruntimeContestant"] },
    });
    try {
      expect(helper.threads).toBe(2);
      expect((await errorsOf(helper, kase([3, 4, 6, 5], "channels-last"), plain("infer"))).agrees).toBe(true);
    } finally {
      await helper.close?.();
    }
  });
});
