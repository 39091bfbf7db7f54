import { sizeOf } from "@batchnorm/core";
import { type BenchmarkCase, benchmarkCaseSchema, bytesOf, caseId, dimensionsOf, viewOf } from "@batchnorm/timing";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { caseNamed, casesNamed } from "../src/cases/named.js";
import { caseSetSchema } from "../src/cases/set-schema.js";
import { allCases, casesOfSet, networkSets, setNames } from "../src/cases/sets.js";
import { CaseNameError } from "../src/errors.js";
import { densenet121, mobilenetV2, r3d18, resnet50 } from "./networks.js";

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe("the sets of cases", () => {
  it.each([
    ["resnet50", 53, resnet50],
    ["mobilenet-v2", 52, mobilenetV2],
    ["densenet-121", 121, densenet121],
    ["video", 20, r3d18],
  ])("have the batch norms of %s: %i, as its paper defines it, at every batch and layout", (set, total, norms) => {
    expect(norms()).toHaveLength(total);
    const groups = new Map<string, Record<string, number>>();
    for (const testCase of casesOfSet(set)) {
      const { batch, channels, spatial } = dimensionsOf(testCase);
      const key = `b${batch} ${testCase.layout}`;
      groups.set(key, { ...groups.get(key), [`${channels}@${spatial.join("x")}`]: testCase.times });
    }
    expect(groups.size).toBe(set === "video" ? 2 : 4);
    for (const counts of groups.values()) expect(counts).toEqual(counted(norms()));
    expect(networkSets()).toContainEqual(expect.objectContaining({ set, batchNorms: total }));
  });

  it("have valid cases, each with an id of its own and two values per channel", () => {
    const cases = allCases();
    expect(new Set(cases.map(caseId)).size).toBe(cases.length);
    for (const testCase of cases) {
      expect(v.parse(benchmarkCaseSchema, testCase)).toEqual(testCase);
      const { outer, inner } = viewOf(testCase);
      expect(outer * inner, caseId(testCase)).toBeGreaterThan(1);
      expect(sizeOf(testCase.shape)).toBeLessThanOrEqual(2 ** 30);
    }
    const first = cases.find((testCase) => testCase.set === "resnet50" && testCase.layout === "channels-last");
    expect(caseId(first as BenchmarkCase)).toBe("resnet50/b32/64x112x112/channels-last");
  });

  it("span tensors from 1 KB to 400 MB in steps of about 4, in both layouts", () => {
    for (const layout of ["channels-first", "channels-last"]) {
      const sizes = casesOfSet("scaling")
        .filter((testCase) => testCase.layout === layout)
        .map((testCase) => bytesOf(viewOf(testCase), testCase.dtype))
        .sort((a, b) => a - b);
      expect(sizes[0]).toBe(1024);
      expect(sizes.at(-1)).toBeGreaterThan(400e6);
      for (let i = 1; i < sizes.length; i++) {
        expect((sizes[i] as number) / (sizes[i - 1] as number)).toBeLessThanOrEqual(4);
      }
    }
  });

  it("have every rank, float64 and odd sizes", () => {
    expect(new Set(allCases().map(({ shape }) => shape.length))).toEqual(new Set([2, 4, 5]));
    expect(caseNamed("float64").length).toBeGreaterThan(3);
    expect(setNames()).toEqual(expect.arrayContaining(["dense", "odd", "regressions", "report", "scaling"]));
  });

  it("are refused where a network's layers do not add up", () => {
    const set = { about: "a", source: "s", batches: [1], layers: [{ channels: 2 }] };
    const broken = { ...set, network: { name: "N", batchNorms: 2 } };
    expect(() => v.parse(caseSetSchema, broken)).toThrow("do not add up");
    const uneven = { ...set, network: { name: "N", batchNorms: 1 }, layers: [{ channels: 2, batches: [3] }] };
    expect(() => v.parse(caseSetSchema, uneven)).toThrow("of its own");
  });
});

describe("a name on a command line", () => {
  it("is a set, or parts of an id", () => {
    expect(caseNamed("resnet50")).toEqual(casesOfSet("resnet50"));
    expect(caseNamed("resnet50/b32")).toHaveLength(24);
    expect(caseNamed("resnet50/b32/64x56x56").map(caseId)).toEqual([
      "resnet50/b32/64x56x56/channels-first",
      "resnet50/b32/64x56x56/channels-last",
    ]);
    expect(caseNamed("resnet50/channels-last")).toEqual(caseNamed("resnet50", { layout: "channels-last" }));
    expect(caseNamed("report")).toEqual(casesOfSet("report"));
    for (const testCase of allCases()) expect(caseNamed(caseId(testCase))).toEqual([testCase]);
    expect(caseNamed("dense/b256/512", { dtype: "float64" }).map(caseId)).toEqual(["dense/b256/512/float64"]);
  });

  it("is one of several, which may overlap", () => {
    expect(casesNamed(["resnet50/b32", "resnet50", "256x512"])).toHaveLength(casesOfSet("resnet50").length + 1);
    expect(() => casesNamed(["resnet50", "nonsense"])).toThrow(CaseNameError);
  });

  it("is a shape in numbers: batch, channels and plane, whatever the layout", () => {
    expect(caseNamed("32x64x28x56").map(({ shape }) => shape)).toEqual([
      [32, 64, 28, 56],
      [32, 28, 56, 64],
    ]);
    const [one, ...others] = caseNamed("32x64x28x56", { layout: "channels-last", dtype: "float64" });
    expect(others).toEqual([]);
    expect(one).toMatchObject({ shape: [32, 28, 56, 64], layout: "channels-last", dtype: "float64" });
    expect(caseNamed("256x512").map(caseId)).toEqual(["given/b256/512"]);
    expect(caseNamed("2x64x16x56x56", { layout: "channels-first" })[0]?.shape).toEqual([2, 64, 16, 56, 56]);
    for (const testCase of caseNamed("32x64x28x56")) expect(v.parse(benchmarkCaseSchema, testCase)).toEqual(testCase);
  });

  it.each([
    ["resnet5", {}, /no case "resnet5"; near it: resnet50, .*expected a set \(dense, .*video\).* 32x64x56x56/],
    ["resnet50/b64", {}, /no case "resnet50\/b64"; near it: .*resnet50\/b32/],
    ["resnet50/b32/64x65x56", {}, /near it: resnet50\/b32\/64x56x56/],
    ["nothing like it at all", {}, /no case "nothing like it at all"; expected a set/],
    ["resnet50/b1", { dtype: "float64" }, /has no case with float64; expected what it has: resnet50\/b1\/.* more\./],
    ["1x64", {}, /1x64 has one value per channel/],
    ["1x64x0x2", {}, /has a size of 0; expected batch x channels x plane/],
    ["1x2x3x4x5x6", {}, /has 6 sizes/],
    ["65536x65536", {}, /more than the 2\^30/],
  ] as const)("that means nothing is refused with what was expected: %s", (text, choice, message) => {
    expect(() => caseNamed(text, choice)).toThrow(message);
    expect(() => caseNamed(text, choice)).toThrow(CaseNameError);
  });
});
