import type { Layout } from "@batchnorm/core";
import type { BenchmarkCase, Implementation, TimedTask } from "@batchnorm/timing";
import { agreementOf, referenceOf, workloadOf } from "@batchnorm/timing";

/** A small case in float32. */
export const testCase = (shape: number[], layout: Layout): BenchmarkCase => ({
  name: "test",
  set: "test",
  times: 1,
  about: "odd sizes",
  shape,
  layout,
  dtype: "float32",
  quick: false,
});

/** Odd sizes of every rank and layout. */
export const cases = [
  testCase([7, 5], "channels-last"),
  testCase([3, 5, 4, 6], "channels-first"),
  testCase([3, 4, 6, 5], "channels-last"),
  testCase([2, 5, 3, 4, 6], "channels-first"),
  testCase([2, 3, 4, 6, 5], "channels-last"),
];

/** How far the first run of a task is from the specification. */
export async function errorsOf(implementation: Implementation, of: BenchmarkCase, task: TimedTask) {
  const workload = workloadOf(of);
  const prepared = await implementation.prepare(workload, task);
  try {
    const { results } = await prepared.first();
    return agreementOf(implementation, results, referenceOf(workload, task));
  } finally {
    await prepared.dispose();
  }
}

/** What an operation computes. */
export const computed = {
  step: ["y", "dx", "dweight", "dbias", "running_mean", "running_var"],
  train: ["y", "running_mean", "running_var"],
  backward: ["dx", "dweight", "dbias"],
  infer: ["y"],
} as const;
