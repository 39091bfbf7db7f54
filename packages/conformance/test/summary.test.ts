import { createCpuBackend } from "@batchnorm/backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { allChecks, boundsOf, type Check, examine, summaryOf, type Verdict } from "../src/index.js";
import { altered } from "./altered.js";

let checks: readonly Check[];
beforeAll(async () => {
  checks = (await allChecks()).filter(({ large, dtype }) => !large && dtype === "float32");
});

async function verdictsOf(backend: ReturnType<typeof altered>): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for await (const verdict of examine(backend, checks, { bounds: boundsOf("cpu") })) verdicts.push(verdict);
  return verdicts;
}

describe("the summary", () => {
  it("has nothing to say of a right backend", async () => {
    const backend = createCpuBackend();
    const some = checks.filter(({ requirement }) => requirement === "errors");
    const verdicts: Verdict[] = [];
    for await (const verdict of examine(backend, some, { bounds: null })) verdicts.push(verdict);
    expect(verdicts.map(({ outcome }) => outcome)).toContain("passed");
    expect(summaryOf(verdicts)).toEqual([]);
  });

  it("tells how many checks wait for each requirement that failed", async () => {
    const verdicts = await verdictsOf(
      altered((right) => ({
        move: (running, moments, weight, correction) =>
          right.move(running, moments, weight, moments.count > 1 ? 0 : correction),
        axpy: (a, x, state) => right.axpy(Math.abs(a), x, state),
      })),
    );
    const hidden = verdicts.filter(({ outcome }) => outcome === "not judged");
    const lines = summaryOf(verdicts);
    expect(lines).toHaveLength(2);
    const [variance, step] = lines.map((line) =>
      Number(/failed: (\d+) checks not judged until it holds$/.exec(line)?.[1]),
    );
    expect(lines[0]).toMatch(/^running-variance-unbiased failed: /);
    expect(lines[1]).toMatch(/^step failed: /);
    for (const one of [variance, step]) expect(one).toBeLessThan(hidden.length);
    // some wait for both
    expect((variance as number) + (step as number)).toBeGreaterThan(hidden.length);
  });
});
