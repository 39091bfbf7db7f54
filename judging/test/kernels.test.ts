import { readFileSync } from "node:fs";
import { chromium } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { beforeAll, expect, it } from "vitest";
import { type Comparison, countKernels } from "../kernel-counts/count-kernels.mjs";
import { documentWithKernels } from "../kernel-counts/table.mjs";

await describeWith(chromium, "what webgl does in a browser, by TensorFlow.js's own operations and by ours", (use) => {
  let comparisons: readonly Comparison[];

  beforeAll(async () => {
    const counted = await countKernels(use().path as string);
    expect(counted.complaints).toEqual([]);
    comparisons = counted.comparisons;
  });

  it("is fewer full-size kernels and programs, fewer bytes and less memory, by ours in a training step", () => {
    const steps = comparisons.filter(({ operation }) => operation === "training step");
    expect(steps.length).toBe(8);
    for (const { baseline, ours } of steps) {
      for (const kind of ["kernels", "programs"] as const) {
        expect(ours[kind].fullSize).toBeLessThan(baseline[kind].fullSize);
        expect(ours[kind].bytes).toBeLessThan(baseline[kind].bytes);
      }
      expect(ours.peakBytes).toBeLessThan(baseline.peakBytes);
    }
  });

  it("is no more full-size kernels and programs by ours in inference, and fewer where TensorFlow.js's transposes", () => {
    const inferences = comparisons.filter(({ operation }) => operation === "inference");
    expect(inferences.length).toBe(4);
    for (const { baseline, ours, case: of } of inferences) {
      for (const kind of ["kernels", "programs"] as const) {
        expect(ours[kind].fullSize).toBe(baseline[kind].fullSize - (of.channelsLast ? 0 : 2));
      }
    }
  });

  it("reads nothing back", () => {
    expect(comparisons.filter(({ ours }) => ours.readBacks > 0)).toEqual([]);
  });

  it("is what docs/performance.md shows; npm run kernels -- --write puts it there", () => {
    const document = readFileSync(new URL("../../docs/performance.md", import.meta.url), "utf8");
    expect(documentWithKernels(comparisons)).toBe(document);
  });
});
