import type { BenchmarkCase } from "../src/cases/schema.js";

/** A case that takes no time. */
export const smallCase: BenchmarkCase = {
  name: "small",
  set: "test",
  times: 1,
  about: "a test",
  shape: [6, 3, 4, 5],
  layout: "channels-first",
  dtype: "float32",
  quick: false,
};
