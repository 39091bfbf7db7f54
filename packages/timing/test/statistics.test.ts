import { describe, expect, it } from "vitest";
import { formatRatio, formatTime } from "../src/format.js";
import { geometricMean, spreadOf } from "../src/statistics.js";

describe("statistics", () => {
  it("are order statistics", () => {
    expect(spreadOf([5, 1, 2, 4, 3])).toEqual({ median: 3, lower: 2, upper: 4, least: 1, most: 5 });
    expect(spreadOf([1, 2])).toMatchObject({ median: 1.5, lower: 1.25, upper: 1.75 });
    expect(() => spreadOf([])).toThrow("at least one sample");
    expect(geometricMean([1, 100])).toBeCloseTo(10, 12);
  });

  it("are printed with as many digits as they are good for", () => {
    expect([0.0412, 0.9996, 1.07, 12.34, 999.4, 2500].map(formatTime)).toEqual([
      "41.2 µs",
      "1.00 ms",
      "1.07 ms",
      "12.3 ms",
      "999 ms",
      "2.50 s",
    ]);
    expect([208, 94.9, 4, 3.08, 0.51].map(formatRatio)).toEqual(["210", "95", "4.0", "3.1", "0.51"]);
  });
});
