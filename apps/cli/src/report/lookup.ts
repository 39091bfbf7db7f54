import type { BenchmarkCase } from "@batchnorm/benchmarks";
import type { Report, ReportMeasurement } from "./schema.js";

/** The timed cases of a report, in order. */
export function casesOf({ measurements }: Pick<Report, "measurements">): BenchmarkCase[] {
  const byKey = new Map(measurements.map((one) => [keyOf(one.case), one.case]));
  return [...byKey.values()];
}

/** The names of the backends and peers that were timed or should have been, in order. */
export function implementationsOf({ measurements }: Pick<Report, "measurements">): string[] {
  return [...new Set(measurements.map(({ implementation }) => implementation))];
}

/** The measurement of an implementation. */
export function measurementOf(
  { measurements }: Pick<Report, "measurements">,
  implementation: string,
  testCase: BenchmarkCase,
  operation: ReportMeasurement["operation"],
): ReportMeasurement | undefined {
  return measurements.find(
    (one) =>
      one.implementation === implementation && one.operation === operation && keyOf(one.case) === keyOf(testCase),
  );
}

/** How many times as fast as another implementation on the same operation and case; null where one was not timed. */
export function timesAsFast(
  report: Pick<Report, "measurements">,
  own: ReportMeasurement,
  other: string,
): number | null {
  const theirs = measurementOf(report, other, own.case, own.operation);
  if (own.timing === null || theirs === undefined || theirs.timing === null) return null;
  return theirs.timing.median / own.timing.median;
}

/** The worst error of several measurements, in ulp; null where a result was not finite. */
export function worstError(of: readonly ReportMeasurement[]): number | null {
  const ulps = of.flatMap(({ errors }) => errors.map(({ ulp }) => ulp));
  return ulps.includes(null) ? null : Math.max(0, ...ulps.map((ulp) => ulp ?? 0));
}

function keyOf({ shape, layout }: BenchmarkCase): string {
  return `${shape.join()} ${layout}`;
}
