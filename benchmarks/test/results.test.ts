import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@batchnorm/testing/folder";
import type { ResultGroup, TimedCell } from "@batchnorm/timing";
import {
  bytesOf,
  copyOf,
  DocumentError,
  figuresOf,
  ratioOf,
  rooflineOf,
  steadinessOf,
  timedCell,
  viewOf,
} from "@batchnorm/timing";
import { describe, expect, it } from "vitest";
import { caseNamed } from "../src/cases/named.js";
import { casesOfSet } from "../src/cases/sets.js";
import { networkCosts } from "../src/results/network.js";
import { newestResult } from "../src/results/newest.js";
import { parseResult, readResult } from "../src/results/read.js";
import { resultToJson, writeResult } from "../src/results/write.js";
import { madeResult } from "./result-builder.js";

const small = madeResult({ cases: caseNamed("dense/b256/512"), speeds: { cpu: () => 5, peer: () => 2.5 } });

describe("a result file", () => {
  it("is read as it was written, with a group on each line, and nothing left beside it", () => {
    const folder = temporaryFolder();
    const path = join(folder, "result.json");
    writeFileSync(path, "an older one");
    writeResult(path, small);
    expect(readResult(path)).toEqual(small);
    expect(readFileSync(path, "utf8")).toMatch(/^ {4}\{"case":.*"cells":.*\},?$/m);
    expect(readdirSync(folder)).toEqual(["result.json"]);
  });

  it("keeps text that looks like a list of numbers", () => {
    const absent = [{ name: "x", reason: "got [ 1, 2 ]", remedy: "[ 3 ]" }];
    expect(parseResult(resultToJson({ ...small, absent }), "r").absent).toEqual(absent);
  });

  it("is not written, and what was there stays, where the result is not right", () => {
    const path = join(temporaryFolder(), "result.json");
    writeResult(path, small);
    expect(() => writeResult(path, { ...small, version: "" })).toThrow();
    expect(readResult(path)).toEqual(small);
  });

  const json = resultToJson(small);
  const changed = (change: object) => JSON.stringify({ ...small, ...change });
  it.each([
    ["cut off", json.slice(0, -200), /r\.json is not JSON, or cut off .*; measure again with npm run bench/],
    ["empty", "", /r\.json is not JSON, or cut off/],
    ["something else", '{"name":"x"}', /r\.json is no benchmark result of batchnorm: its "schema" must be .* got none/],
    ["null", "null", /r\.json is no benchmark result/],
    ["a report", changed({ schema: "batchnorm-report" }), /no benchmark result .* got "batchnorm-report"/],
    [
      "of another version",
      changed({ schemaVersion: 99 }),
      /schema version 99, but this batchnorm reads version 2; measure/,
    ],
    ["damaged", changed({ machine: { ...small.machine, cores: "two" } }), /r\.json is damaged: at machine\.cores: /],
    ["without a field", changed({ drift: undefined }), /damaged: at drift/],
    ["with a field too many", changed({ extra: 1 }), /damaged: at extra/],
    [
      "with a stranger",
      changed({ implementations: [] }),
      /damaged: .*implementation "cpu" .* not listed under implementations/,
    ],
    ["without groups", changed({ groups: [] }), /damaged: .*it has no groups/],
    [
      "with a group twice",
      changed({ groups: [...small.groups, ...small.groups.slice(1)] }),
      /damaged: .*group "dense\/b256\/512 infer fresh" is there twice/,
    ],
    [
      "with an implementation twice in a group",
      changed({ groups: small.groups.map((group) => ({ ...group, cells: [...group.cells, ...group.cells] })) }),
      /implementation "cpu" of group "dense\/b256\/512 step fresh" is there twice/,
    ],
    [
      "with a time that no clock gives",
      json.replace(/"rounds":\[\[[\d.]+/, '"rounds":[[1e-300'),
      /damaged: at groups\.0\.cells\.0\.rounds\.0\.0: /,
    ],
  ])("that is %s is refused, saying what is wrong", (_, text, message) => {
    expect(() => parseResult(text, "r.json")).toThrow(message);
    expect(() => parseResult(text, "r.json")).toThrow(DocumentError);
  });

  it("that is not there is named", () => {
    expect(() => readResult("/nowhere/r.json")).toThrow(/cannot read \/nowhere\/r\.json: ENOENT/);
  });

  it("is the newest of its folder by when it was started, whatever its name and the version of others", () => {
    const folder = temporaryFolder();
    expect(newestResult(join(folder, "none"))).toBeNull();
    expect(newestResult(folder)).toBeNull();
    writeResult(join(folder, "a.json"), { ...small, started: "2025-07-01T00:00:00+02:00", version: "new" });
    writeResult(join(folder, "b.json"), small);
    writeFileSync(join(folder, "c.json"), json.replace('"schemaVersion": 1', '"schemaVersion": 0'));
    expect(newestResult(folder)?.result.version).toBe("new");
    writeFileSync(join(folder, "d.json"), "{}");
    expect(() => newestResult(folder)).toThrow(/d\.json is no benchmark result/);
  });
});

describe("what samples come to", () => {
  it("is median, quartiles, GB/s of the counted traffic and the share of a copy's speed", () => {
    const [step] = small.groups as [ResultGroup];
    const cell = timedCell(step, "cpu");
    if (cell === null) throw new Error("not timed");
    const figures = figuresOf(small, step, cell);
    expect(figures.gigabytesPerSecond).toBeCloseTo(5, 9);
    expect(figures.roofline).toBeCloseTo(0.5, 9); // copies move 10 GB/s
    expect(rooflineOf(step, 1)).toBeCloseTo((8 * 256 * 512 * 4) / 10e6, 9);
    expect(figures.lower).toBeLessThan(figures.median);
    expect(figures.roundMedians).toHaveLength(5);
    expect(ratioOf(step, "peer", "cpu")).toBeCloseTo(2, 9);
    expect(ratioOf(step, "peer", "nobody")).toBeNull();
  });

  it("has the roofline of a copy on as many threads, or of the first where there is none", () => {
    const speeds = { cpu: () => 5, two: () => 5 };
    const result = madeResult({ cases: caseNamed("dense/b256/512"), speeds, threads: { two: 2 } });
    const [step] = result.groups as [ResultGroup];
    const share = (name: string) => figuresOf(result, step, timedCell(step, name) as TimedCell).roofline;
    expect(share("cpu")).toBeCloseTo(0.5, 9); // copies move 10 GB/s
    expect(share("two")).toBeCloseTo(0.25, 9); // on two threads 20 GB/s
    expect(rooflineOf(step, 2)).toBeCloseTo(rooflineOf(step, 1) / 2, 12);
    expect([1, 2, 8].map((threads) => copyOf(step, threads).threads)).toEqual([1, 2, 1]);
  });

  it("is noisy where the same copy differs by more than 25 % over the run", () => {
    const withDrift = (...drift: number[]) => steadinessOf(madeResult({ cases: [], speeds: {}, drift }));
    expect(withDrift(10, 12.4, 11).noisy).toBe(false);
    expect(withDrift(10, 12.6, 11)).toEqual({ drift: 1.26, noisy: true });
    expect(withDrift(10)).toEqual({ drift: null, noisy: false });
  });
});

describe("the cost of a network", () => {
  const speeds = { cpu: () => 5, peer: () => 2 };

  it("is the sum of its cases, as often as each occurs", () => {
    const result = madeResult({ cases: caseNamed("resnet50/b32"), speeds, operations: ["infer"] });
    const costs = networkCosts(result);
    expect(costs.map(({ implementation, layout }) => [layout, implementation])).toEqual([
      ["channels-first", "cpu"],
      ["channels-first", "peer"],
      ["channels-last", "cpu"],
      ["channels-last", "peer"],
    ]);
    const bytes = casesOfSet("resnet50")
      .filter(({ layout, shape }) => layout === "channels-last" && shape[0] === 32)
      .reduce((sum, testCase) => sum + testCase.times * 2 * bytesOf(viewOf(testCase), "float32"), 0);
    expect(costs[2]?.milliseconds).toBeCloseTo(bytes / 5e6, 6);
    expect(costs[3]?.milliseconds).toBeCloseTo(bytes / 2e6, 6);
  });

  it("is unknown where a case has no time, and says which and why", () => {
    const cases = caseNamed("resnet50/b1/channels-last").slice(1);
    const fails = { outcome: "failed", implementation: "peer", reason: "out of memory" } as const;
    const result = madeResult({
      cases,
      speeds: { cpu: () => 5, peer: (group) => (group.case.name === "2048x7x7" ? fails : 2) },
      operations: ["step"],
    });
    const stem = { case: "resnet50/b1/64x112x112/channels-last", reason: "not measured" };
    const late = { case: "resnet50/b1/2048x7x7/channels-last", reason: "failed: out of memory" };
    expect(networkCosts(result)).toMatchObject([
      { implementation: "cpu", batch: 1, milliseconds: null, missing: [stem] },
      { implementation: "peer", milliseconds: null, missing: [stem, late] },
    ]);
  });

  it("is not asked of sets that are no network", () => {
    expect(networkCosts(small)).toEqual([]);
  });
});
