import { availableParallelism } from "node:os";
import { type RequirementName, requirementNames, requirements } from "@batchnorm/conformance";
import { whole } from "@batchnorm/testing/whole";
import { describe, expect, it, vi } from "vitest";
import { fateOf, misjudged, reportOn } from "../mutants/fate.js";
import { mutants, withoutMutant } from "../mutants/index.js";
import { patched } from "../mutants/patch.js";
import { plainSums } from "../mutants/plain-sums.js";

vi.setConfig({ maxConcurrency: availableParallelism() });

const root = new URL("../../", import.meta.url);
/** `npm run mutants` asks all. */
const others = 2;
const options = { root, others };

describe("the suite finds", () => {
  it("nothing wrong with what is right", async () => {
    const { failures, notJudged, passed } = await fateOf(null, options);
    expect(failures).toEqual([]);
    expect(notJudged).toBe(0);
    expect(passed).toBeGreaterThan(0);
  });

  // the first of each part
  const first = new Map(mutants.toReversed().map((mutant) => [requirements[mutant.requirement].part, mutant]));
  for (const mutant of mutants) {
    it.runIf(whole || first.get(requirements[mutant.requirement].part) === mutant).concurrent(
      `${mutant.name} [${mutant.requirement}]`,
      async ({ expect }) => {
        const report = await fateOf(mutant, options);
        expect(misjudged(mutant, report)).toBeNull();
        // where the changed code itself has thrown, its own line stands in place of where to look
        const leads = [`hint: ${requirements[mutant.requirement].hint}`, "mutant.mjs:"];
        for (const { message } of report.failures) {
          expect(message).toSatisfy((text: string) => leads.some((lead) => text.includes(lead)));
        }
      },
    );
  }
});

describe("a backend with plain float64 sums", () => {
  const judgedBy = (bounds: "cpu" | "goals", requirement: RequirementName) =>
    reportOn(plainSums, { requirement, others, bounds }, root);

  it.each(whole ? (["float64-sums", "long-channel"] as const) : (["float64-sums"] as const))(
    "is right by the goals for anyone's backend [%s]",
    async (name) => {
      const { failures, notJudged } = await judgedBy("goals", name);
      expect(failures).toEqual([]);
      expect(notJudged).toBe(0);
    },
  );

  it("is not as good as the cpu backend", async () => {
    expect((await judgedBy("cpu", "float64-sums")).failures.length).toBeGreaterThan(0);
  });
});

describe("the mutants", () => {
  it("have names of their own", () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });

  it("are refused once the text that they change is gone, or stands there twice", () => {
    const change = { file: "a.ts", replace: "a + b", by: "a - b" };
    expect(patched(change, "x = a + b;")).toBe("x = a - b;");
    expect(() => patched(change, "x = b + a;")).toThrow("a + b\n\nwhich stands 0 times in a.ts");
    expect(() => patched(change, "x = a + b + (a + b);")).toThrow("stands 2 times");
  });

  it("break every requirement of the semantics, the numerics and of ownership", () => {
    const broken = new Set<RequirementName>(mutants.map(({ requirement }) => requirement));
    const whole = requirementNames.filter((name) => requirements[name].part !== "agreement" && !broken.has(name));
    expect(whole).toEqual(Object.keys(withoutMutant));
  });
});
