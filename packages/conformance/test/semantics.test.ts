import { createCpuBackend } from "@batchnorm/backend-cpu";
import { describe, expect, it } from "vitest";
import { semanticsChecks } from "../src/checks/semantics/index.js";
import { boundsOf, type Check, examine, type Observation, requirementNames, requirements } from "../src/index.js";
import { exportedAs } from "./altered.js";

const checks = semanticsChecks();
const inOrder = requirementNames.flatMap((name) => checks.filter(({ requirement }) => requirement === name));
const wordsOf = ({ requirement, name, dtype }: Check) => `${requirement}, ${name}, ${dtype}`;

describe("the checks of semantics", () => {
  it("have names of their own", () => {
    expect(new Set(checks.map(wordsOf)).size).toBe(checks.length);
  });

  it("decide each requirement on semantics", () => {
    const decided = new Set(checks.map(({ requirement }) => requirement));
    const undecided = requirementNames.filter((name) => requirements[name].part === "semantics" && !decided.has(name));
    // filed elsewhere
    expect(undecided).toEqual(["every-element"]);
  });

  it("pass on the cpu backend and leave nothing behind", async () => {
    const backend = createCpuBackend();
    const wrong: string[] = [];
    for await (const verdict of examine(backend, inOrder, { bounds: boundsOf("cpu") })) {
      if (verdict.outcome !== "passed") wrong.push(verdict.message);
    }
    expect(wrong).toEqual([]);
    expect(backend.memory().liveBuffers).toBe(0);
  });
});

describe("a wrong backend", () => {
  /** Its mean of the first channel is off by 1. */
  function wrongBackend() {
    const cpu = createCpuBackend();
    return new Proxy(cpu, {
      get(target, name) {
        if (name === "moments") {
          return (batch: Parameters<typeof cpu.moments>[0]) =>
            exportedAs(target.moments(batch), (exported) => exported.map((v, i) => (i === 1 ? v + 1 : v)));
        }
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  it("is told the first requirement that failed, with what came, and is not judged by what rests on it", async () => {
    const verdicts = [];
    for await (const verdict of examine(wrongBackend(), inOrder, { bounds: boundsOf("cpu") })) verdicts.push(verdict);
    const failed = verdicts.filter(({ outcome }) => outcome === "failed");
    expect(new Set(failed.map(({ check }) => check.requirement))).toEqual(new Set(["batch-mean"]));
    expect(failed[0]).toMatchObject({
      message: expect.stringMatching(/mean\[0\] is 4, the specification says 3.*\n {2}hint: the mean in train\(\)/),
    });
    expect(verdicts.some(({ check, outcome }) => check.requirement === "affine" && outcome === "not judged")).toBe(
      true,
    );
  });

  it("is only measured where there are no bounds", async () => {
    const seen: Observation[] = [];
    const means = inOrder.filter(({ requirement }) => requirement === "batch-mean");
    for await (const verdict of examine(wrongBackend(), means, { bounds: null, observe: (one) => seen.push(one) })) {
      expect(verdict.outcome).toBe("passed");
    }
    expect(Math.max(...seen.map(({ ulp }) => ulp))).toBeGreaterThan(1e6);
  });
});

it("accepts refusals that an engine reports late", async () => {
  const cpu = createCpuBackend();
  let late: unknown = null;
  const lateBackend = new Proxy(cpu, {
    get(target, name) {
      if (name === "tensor" || name === "state") {
        return (...args: Parameters<typeof cpu.tensor>) => {
          try {
            return target[name](...args);
          } catch (error) {
            late = error;
            return target[name]([], [0]);
          }
        };
      }
      if (name === "sync") {
        return async () => {
          const error = late;
          late = null;
          if (error !== null) throw error;
        };
      }
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const creation = inOrder.filter(({ name }) => name === "tensor() and state() of what makes none");
  for await (const verdict of examine(lateBackend, creation, { bounds: boundsOf("cpu") })) {
    expect(verdict).toMatchObject({ outcome: "passed" });
  }
  expect(cpu.memory().liveBuffers).toBe(0);
});
