import { describe, expect, it } from "vitest";
import { benchmarkCases, shapeOf, viewOf } from "../src/cases/schema.js";
import { workloadOf } from "../src/workload.js";

describe("the cases", () => {
  const cases = benchmarkCases();

  it("are dense, convolutional and volumes, in both layouts, each shape and layout once", () => {
    expect(new Set(cases.map(({ shape }) => shape.length))).toEqual(new Set([2, 4, 5]));
    for (const rank of [4, 5]) {
      const layouts = cases.filter(({ shape }) => shape.length === rank).map(({ layout }) => layout);
      expect(new Set(layouts)).toEqual(new Set(["channels-first", "channels-last"]));
    }
    expect(new Set(cases.map(shapeOf)).size).toBe(cases.length);
  });

  it("have more than one value per channel, which training needs", () => {
    for (const testCase of cases) {
      const { outer, inner } = viewOf(testCase);
      expect(outer * inner).toBeGreaterThan(1);
    }
  });

  it("are fewer in a quick run, and all of them are cases", () => {
    const quick = benchmarkCases({ quick: true });
    expect(quick.length).toBeGreaterThan(0);
    expect(quick.length).toBeLessThan(cases.length);
    expect(cases).toEqual(expect.arrayContaining(quick));
  });

  it("come with the same inputs every time, in which channels differ", () => {
    const [testCase] = cases;
    if (testCase === undefined) throw new Error("no case");
    const one = workloadOf(testCase);
    expect(workloadOf(testCase)).toEqual(one);
    const { channels, inner } = viewOf(testCase);
    const firstOf = (channel: number) => one.x.subarray(channel * inner, (channel + 1) * inner);
    const meanOf = (values: Iterable<number> & { length: number }) =>
      [...values].reduce((sum, value) => sum + value, 0) / values.length;
    const means = Array.from({ length: channels }, (_, channel) => meanOf(firstOf(channel)));
    expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(0.5);
  });
});
