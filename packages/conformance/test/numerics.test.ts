import { createCpuBackend } from "@batchnorm/backend-cpu";
import { describe, expect, it } from "vitest";
import { numericsChecks } from "../src/checks/numerics/index.js";
import { boundsOf, type Check, examine, type RequirementName, requirementNames, requirements } from "../src/index.js";
import { exportedAs } from "./altered.js";

const checks = numericsChecks();
const quick = requirementNames.flatMap((name) =>
  checks.filter(({ requirement, large }) => requirement === name && !large),
);

describe("the checks of numerics", () => {
  it("have names of their own", () => {
    const words = ({ requirement, name, dtype }: Check) => `${requirement}, ${name}, ${dtype}`;
    expect(new Set(checks.map(words)).size).toBe(checks.length);
  });

  it("decide each requirement on numerics, and that on every element", () => {
    const decided = new Set(checks.map(({ requirement }) => requirement));
    const filed = requirementNames.filter((name) => requirements[name].part === "numerics" || name === "every-element");
    expect([...decided].sort()).toEqual([...filed].sort());
  });

  it("leave nothing behind", async () => {
    const backend = createCpuBackend();
    const some = new Map(quick.map((check) => [check.requirement, check]));
    for await (const verdict of examine(backend, [...some.values()], { bounds: boundsOf("cpu") })) {
      expect(verdict.outcome === "passed" ? "" : verdict.message).toBe("");
    }
    expect(backend.memory().liveBuffers).toBe(0);
  });
});

type Cpu = ReturnType<typeof createCpuBackend>;

/** The cpu backend with one operation replaced. */
function but<Name extends keyof Cpu>(name: Name, by: (cpu: Cpu) => Cpu[Name]): Cpu {
  const cpu = createCpuBackend();
  return new Proxy(cpu, {
    get(target, asked) {
      if (asked === name) return by(target);
      const value = Reflect.get(target, asked, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function firstFailure(backend: Cpu, name: RequirementName): Promise<string> {
  const own = quick.filter(({ requirement }) => requirement === name);
  for await (const verdict of examine(backend, own, { bounds: boundsOf("cpu") })) {
    if (verdict.outcome === "failed") return verdict.message;
  }
  return "none";
}

describe("a wrong backend is told where to look when", () => {
  it("it exports moments without the low parts of their means", async () => {
    const backend = but(
      "moments",
      (cpu) => (batch) =>
        exportedAs(cpu.moments(batch), (exported) => {
          const channels = (exported.length - 1) / 3;
          return exported.fill(0, 1 + channels, 1 + 2 * channels);
        }),
    );
    expect(await firstFailure(backend, "merged-moments")).toMatch(
      /\[merged-moments\]\n {2}1e6 \+ noise, after export and import.*\w+\[\d+\] is .* hint: merge\(\)/s,
    );
  });

  it("it reads the first value twice, and the last never", async () => {
    const backend = but("moments", (cpu) => ({ x, view }) => {
      const values = x.values.slice();
      if (values.length > 100) values[values.length - 1] = values[0] as number;
      const tensor = cpu.tensor(values, x.shape);
      try {
        return cpu.moments({ x: tensor, view });
      } finally {
        tensor.dispose();
      }
    });
    expect(await firstFailure(backend, "every-element")).toMatch(
      /\[every-element\]\n.*\d+ x \d+ x \d+, step 2 \(train\): mean\[\d+\] is/s,
    );
  });

  it("a NaN of one channel reaches the next", async () => {
    const backend = but("apply", (cpu) => (...args) => {
      const y = cpu.apply(...args);
      if (y.values.some(Number.isNaN)) y.values.fill(Number.NaN);
      return y;
    });
    const viaPieces = new Proxy(backend, {
      get(target, asked) {
        if (asked !== "train") return Reflect.get(target, asked, target);
        return (...[pass, out]: Parameters<Cpu["train"]>) => {
          const moments = target.moments(pass);
          return { y: target.apply(pass, moments, out), moments };
        };
      },
    });
    expect(await firstFailure(viaPieces, "channels-apart")).toMatch(
      /\[channels-apart\]\n {2}NaN in x, float32: .* y\[\d+\] is NaN, expected -?\d/s,
    );
  });
});
