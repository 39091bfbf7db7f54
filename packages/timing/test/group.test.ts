import { createCpuBackend } from "@batchnorm/backend-cpu";
import { smallCase as small } from "@batchnorm/testing/small-case";
import { describe, expect, it } from "vitest";
import type { BenchmarkCase } from "../src/cases/schema.js";
import { backendImplementation } from "../src/implementations/backend.js";
import type { Implementation } from "../src/implementations/implementation.js";
import { plain } from "../src/operations.js";
import { type GroupLimits, runGroup } from "../src/running/group.js";
import { inOrder } from "../src/running/plan.js";
import { Speeds } from "../src/running/speeds.js";
import { workloadOf } from "../src/workload.js";

const larger: BenchmarkCase = { ...small, name: "larger", shape: [6, 3, 8, 9] };
const budget = { rounds: 2, milliseconds: 4 };

const cpu = (name = "cpu", limit = () => 2): Implementation =>
  backendImplementation(createCpuBackend(), { name, version: "0", limit });

const limits = (changes: Partial<GroupLimits> = {}): GroupLimits => ({
  budget,
  longestRun: 1000,
  speeds: new Speeds(),
  availableMemory: () => 1e9,
  ...changes,
});

describe("a group", () => {
  it("leaves nothing behind, also where one fails", async () => {
    const backend = createCpuBackend();
    const failing = Object.assign(createCpuBackend(), {
      train: () => {
        throw new Error("out of memory");
      },
    });
    const implementations = [backend, failing].map((one) => backendImplementation(one, { version: "0" }));
    for (const operation of ["step", "backward", "infer"] as const) {
      const cells = await runGroup(plain(operation), workloadOf(small), implementations, limits());
      const failed = { outcome: "failed", reason: "out of memory" };
      expect(cells).toMatchObject([{ outcome: "timed" }, operation === "infer" ? { outcome: "timed" } : failed]);
    }
    expect(backend.memory().liveBuffers).toBe(0);
    expect(failing.memory().liveBuffers).toBe(0);
  });

  it("skips with the reason who would take too long, by the last case, or may need more memory than there is", async () => {
    const implementations = [cpu()];
    const speeds = new Speeds();
    const cells = await runGroup(plain("infer"), workloadOf(small), implementations, limits({ speeds }));
    speeds.tell({ case: small, operation: "infer", cells });
    const slow = await runGroup(
      plain("infer"),
      workloadOf(larger),
      implementations,
      limits({ speeds, longestRun: 1e-6 }),
    );
    expect(slow).toEqual([
      {
        outcome: "skipped",
        implementation: "cpu",
        reason: expect.stringMatching(/^a run would take about .* (ns|µs|ms|s), longer/),
      },
    ]);
    const full = await runGroup(
      plain("infer"),
      workloadOf(larger),
      implementations,
      limits({ availableMemory: () => 20_000 }),
    );
    expect(full).toEqual([
      {
        outcome: "skipped",
        implementation: "cpu",
        reason: "it may need 31.1 KB of memory, of which 20.0 KB can be had",
      },
    ]);
  });
});

describe("an implementation that fails again and again", () => {
  it("is not asked any more after three times in a row, so that one that hangs does not take hours", async () => {
    let asked = 0;
    const failing: Implementation = {
      ...cpu("failing"),
      prepare: async () => {
        asked++;
        throw new Error("no answer");
      },
    };
    const speeds = new Speeds();
    for (let time = 0; time < 5; time++) {
      const cells = await runGroup(plain("infer"), workloadOf(small), [failing], limits({ speeds }));
      speeds.tell({ case: small, operation: "infer", cells });
      expect(cells[0]?.outcome).toBe(time < 3 ? "failed" : "skipped");
    }
    expect(asked).toBe(3);
  });
});

describe("a plan", () => {
  it("has every group once, small cases first, and the tasks of a case together", () => {
    const groups = [larger, small].flatMap((testCase) =>
      (["infer", "step", "infer"] as const).map((operation) => ({
        case: testCase,
        task: plain(operation),
        everyThread: false,
        everyEngine: false,
        longestRun: 500,
      })),
    );
    expect(inOrder(groups).map(({ case: testCase, task }) => `${testCase.name} ${task.operation}`)).toEqual([
      "small infer",
      "small step",
      "larger infer",
      "larger step",
    ]);
  });

  it("takes the wider limits of a group that is planned twice, whichever comes first", () => {
    const group = { case: small, task: plain("step") };
    const narrow = { ...group, everyThread: false, everyEngine: true, longestRun: 500 };
    const wide = { ...group, everyThread: true, everyEngine: false, longestRun: 1500 };
    const widest = { ...wide, everyEngine: true };
    expect(inOrder([narrow, wide])).toEqual([widest]);
    expect(inOrder([wide, narrow])).toEqual([widest]);
  });
});
