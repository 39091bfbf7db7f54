import { type CpuBackend, createCpuBackend } from "@batchnorm/backend-cpu";
import type { Backend } from "@batchnorm/core";
import { beforeAll, describe, expect, it } from "vitest";
import { agreementChecks } from "../src/checks/agreement/index.js";
import { type Bounds, boundsOf, type Check, examine, type RequirementName } from "../src/index.js";

let checks: readonly Check[];
beforeAll(async () => {
  checks = await agreementChecks();
});

/** The cpu backend with some operations replaced. */
function cpuWith(replace: (cpu: CpuBackend) => Record<string, unknown>): Backend {
  const cpu = createCpuBackend();
  const replaced = replace(cpu);
  return new Proxy(cpu as unknown as Backend, {
    get(target, name) {
      const found = replaced[String(name)] ?? Reflect.get(target, name, target);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
}

/** The messages of those checks of a requirement that fail. */
async function failures(
  backend: Backend,
  requirement: RequirementName,
  bounds: Bounds | null = boundsOf("cpu"),
): Promise<string[]> {
  const own = checks.filter((check) => check.requirement === requirement);
  const found: string[] = [];
  for await (const verdict of examine(backend, own, { bounds })) {
    expect(verdict.outcome).not.toBe("not judged");
    if (verdict.outcome === "failed") found.push(verdict.message);
  }
  return found;
}

const wrongMerge = () =>
  cpuWith((cpu) => ({ merge: (parts: Parameters<CpuBackend["merge"]>[0]) => cpu.merge(parts.slice(0, 1)) }));

const wrongEpsInTraining = () =>
  cpuWith((cpu) => ({
    train: (...[pass, out]: Parameters<CpuBackend["train"]>) => cpu.train({ ...pass, eps: 2 * pass.eps }, out),
  }));

describe("the properties of every input", () => {
  it("tell the smallest batch whose parts do not merge to the whole", async () => {
    const [message = "", ...others] = await failures(wrongMerge(), "invariances");
    expect(message).toContain("a batch in parts");
    expect(message).toMatch(/(mean|variance|y|dx|dweight|dbias)\[\d+\] is .* in parts of .* samples/);
    expect(message).toMatch(
      /the smallest of \d+ counterexamples: in parts of [\d, ]+ samples.*: view \{ outer: [12], channels: 1/,
    );
    expect(others).toHaveLength(1); // the same in float64
    // the same samples are tried each time
    expect(await failures(wrongMerge(), "invariances")).toEqual([message, ...others]);
  });

  it("tell what a backend throws, and for which input", async () => {
    const throwing = cpuWith(() => ({
      apply: () => {
        throw new RangeError("out of luck");
      },
    }));
    const [message] = await failures(throwing, "invariances");
    expect(message).toMatch(/it threw RangeError: out of luck; the smallest of \d+ counterexamples: /);
  });
});

describe("central differences", () => {
  it("tell the gradient that does not belong to the forward pass", async () => {
    const found = await failures(wrongEpsInTraining(), "finite-differences");
    expect(found).toHaveLength(8); // training, with and without ReLU, in both layouts and types
    for (const message of found) {
      expect(message).toMatch(
        /dx\[\d+\] for x of shape \[.*\] is .*, central differences of the backend's own forward pass/,
      );
    }
  });

  it("are of the specification's forward pass where a backend has no float64", async () => {
    const single = (wrong: Backend) =>
      new Proxy(wrong, {
        get: (target, name) => {
          const found = Reflect.get(target, name, target);
          if (name === "capabilities") return { ...target.capabilities, dtypes: ["float32"] };
          return typeof found === "function" ? found.bind(target) : found;
        },
      });
    expect(await failures(single(cpuWith(() => ({}))), "finite-differences")).toEqual([]);
  });
});

it("nothing fails on the size of its error where there are no bounds", async () => {
  expect(await failures(wrongEpsInTraining(), "invariances", null)).toEqual([]);
  expect(await failures(wrongEpsInTraining(), "finite-differences", null)).toEqual([]);
});
