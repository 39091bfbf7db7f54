import {
  type BenchmarkCase,
  type CellFigures,
  figuresOf,
  groupKey,
  plain,
  type ResultCell,
  type ResultGroup,
  type ResultImplementation,
  whyNotTimed,
} from "@batchnorm/timing";
import type { Report, ReportOperation } from "./schema.js";

/** What of a report its timings are. */
export type Timings = Pick<Report, "groups" | "implementations">;

/** One implementation on one operation of one case. */
export interface Measurement {
  readonly implementation: string;
  readonly case: BenchmarkCase;
  readonly operation: ResultGroup["operation"];
  readonly outcome: ResultCell["outcome"];
  /** before it was timed; none where it did not get as far */
  readonly errors: Extract<ResultCell, { outcome: "timed" }>["errors"];
  /** null: it was not timed */
  readonly timing: (CellFigures & { readonly samples: readonly number[] }) | null;
  /** why it was not timed; null where it was */
  readonly why: string | null;
}

/** Every measurement, in order. */
export function measurementsOf(report: Timings): Measurement[] {
  return report.groups.flatMap((group) => group.cells.map((cell) => measurement(report, group, cell)));
}

function measurement(report: Timings, group: ResultGroup, cell: ResultCell): Measurement {
  const { case: testCase, operation } = group;
  return {
    implementation: cell.implementation,
    case: testCase,
    operation,
    outcome: cell.outcome,
    errors: "errors" in cell ? cell.errors : [],
    timing: cell.outcome === "timed" ? { ...figuresOf(report, group, cell), samples: cell.rounds.flat() } : null,
    why: whyNotTimed(cell),
  };
}

/** The timed cases of a report, in order. */
export function casesOf({ groups }: Pick<Report, "groups">): BenchmarkCase[] {
  return [...new Map(groups.map((one) => [keyOf(one.case), one.case])).values()];
}

/** The peers, the fairest first. */
export function peersOf({ implementations }: Pick<Report, "implementations">): ResultImplementation[] {
  return implementations.filter(({ kind }) => kind === "peer");
}

/** The measurement of an implementation. */
export function measurementOf(
  report: Timings,
  implementation: string,
  testCase: BenchmarkCase,
  operation: ReportOperation,
): Measurement | undefined {
  const key = groupKey({ case: testCase, ...plain(operation) });
  const group = report.groups.find((one) => groupKey(one) === key);
  const cell = group?.cells.find((one) => one.implementation === implementation);
  return group === undefined || cell === undefined ? undefined : measurement(report, group, cell);
}

/** How many times as fast as another implementation on the same operation and case; null where one was not timed. */
export function timesAsFast(report: Timings, own: Measurement, other: string): number | null {
  const theirs = measurementOf(report, other, own.case, own.operation as ReportOperation);
  if (own.timing === null || theirs === undefined || theirs.timing === null) return null;
  return theirs.timing.median / own.timing.median;
}

/** The worst error of several measurements, in ulp; null where a result was not finite. */
export function worstError(of: readonly Measurement[]): number | null {
  const ulps = of.flatMap(({ errors }) => errors.map(({ ulp }) => ulp));
  return ulps.includes(null) ? null : Math.max(0, ...ulps.map((ulp) => ulp ?? 0));
}

function keyOf({ shape, layout }: BenchmarkCase): string {
  return `${shape.join()} ${layout}`;
}
