import { describe, expect, it } from "vitest";
import batchnorm1d from "../src/generated/pytorch/batchnorm1d.js";
import batchnorm2d from "../src/generated/pytorch/batchnorm2d.js";
import batchnorm3d from "../src/generated/pytorch/batchnorm3d.js";
import { type PyTorchCase, type PyTorchFile, pytorchCases } from "../src/index.js";

const cases = [batchnorm1d, batchnorm2d, batchnorm3d].flatMap((file) => pytorchCases(file as PyTorchFile));

function passesOf({ steps }: PyTorchCase) {
  return steps.flatMap((step) => (step.do === "pass" ? [step.pass] : step.do === "passes" ? step.passes : []));
}

/** |mean| / deviation of each channel of each batch. */
function ratios(testCase: PyTorchCase): { offset: number; deviation: number; values: number }[] {
  return passesOf(testCase).flatMap(({ x, shape }) => {
    const channels = testCase.options.numFeatures;
    const last = testCase.options.layout === "channels-last";
    const inner = last ? 1 : shape.slice(2).reduce((product, size) => product * size, 1);
    return Array.from({ length: channels }, (_, c) => {
      const own = Array.from(x).filter((_value, i) => Math.floor(i / inner) % channels === c);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
      return { offset: Math.abs(mean) / deviation, deviation, values: own.length };
    });
  });
}

describe("the cases that PyTorch computed", () => {
  it("hold hard data of every class but long", () => {
    expect(new Set(cases.map(({ data }) => data))).toEqual(
      new Set(["ordinary", "offset", "constant", "outlier", "extreme"]),
    );
  });

  it.each(
    cases
      .filter(({ data }) => data === "ordinary")
      .map((testCase) => [testCase.options.kind, testCase.name, testCase] as const),
  )("%s %s, called ordinary, is neither far from zero nor huge nor tiny", (_, __, testCase) => {
    for (const { offset, deviation, values } of ratios(testCase)) {
      if (values < 2 || Number.isNaN(deviation)) continue;
      expect(offset).toBeLessThan(1000);
      expect(deviation).toBeGreaterThan(1e-6);
      expect(deviation).toBeLessThan(1e3);
    }
  });

  it("of offset data are a thousand deviations from zero, of extreme ones huge or tiny", () => {
    for (const testCase of cases.filter(({ data }) => data === "offset")) {
      expect(Math.max(...ratios(testCase).map(({ offset }) => offset)), testCase.name).toBeGreaterThan(500);
    }
    for (const testCase of cases.filter(({ data }) => data === "extreme")) {
      const found = ratios(testCase).some(({ deviation }) => deviation < 1e-19 || deviation > 1e17);
      expect(found, testCase.name).toBe(true);
    }
  });
});
