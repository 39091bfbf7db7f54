/**
 * The form of a result file. A program that reads it looks at `schema` and `schemaVersion` first; the version rises when
 * something that is there changes its meaning or goes. All samples are kept; what is derived from them (medians, spreads,
 * ratios, GB/s) is computed by who reads.
 */
import { operations } from "@batchnorm/conformance";
import * as v from "valibot";
import { benchmarkCaseSchema } from "../cases/schema.js";
import { outputKinds, timedOperations } from "../operations.js";
import { groupKey } from "./group-key.js";

export const resultSchemaName = "batchnorm-benchmark";
export const resultSchemaVersion = 1;

const text = v.pipe(v.string(), v.minLength(1));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
/** of at least a nanosecond: no clock here tells less */
export const milliseconds = v.pipe(v.number(), v.finite(), v.minValue(1e-6));
const instant = v.pipe(v.string(), v.isoTimestamp());
/** null: not finite where the specification is, or not as many values */
const ulp = v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0)));

export const machineSchema = v.strictObject({
  cpu: text,
  /** logical processors that this process may use */
  cores: v.pipe(count, v.minValue(1)),
  memoryBytes: v.pipe(count, v.minValue(1)),
  os: text,
  arch: text,
  node: text,
});

const contestant = v.strictObject({
  name: text,
  kind: v.picklist(["backend", "peer"]),
  version: text,
  about: text,
  threads: v.pipe(count, v.minValue(1)),
});

const absent = v.strictObject({ name: text, reason: text, remedy: text });

const error = v.strictObject({
  result: v.picklist(operations),
  ulp,
  /** the largest error with which it is timed */
  limit: v.pipe(v.number(), v.minValue(0)),
});

/** One contestant on one task of one case. */
const cell = v.variant("outcome", [
  v.strictObject({
    outcome: v.literal("timed"),
    contestant: text,
    errors: v.array(error),
    /** milliseconds per run, by round: in every round each contestant has its turn */
    rounds: v.pipe(v.array(v.pipe(v.array(milliseconds), v.minLength(1))), v.minLength(1)),
  }),
  /** it is further from the specification than its limit, and so was not timed */
  v.strictObject({ outcome: v.literal("disagrees"), contestant: text, errors: v.array(error) }),
  /** it was not tried, or has no such thing */
  v.strictObject({ outcome: v.literal("skipped"), contestant: text, reason: text }),
  /** it crashed, hung, or answered rubbish */
  v.strictObject({ outcome: v.literal("failed"), contestant: text, reason: text }),
]);

/** GB/s of a copy, each byte counted once read and once written. */
const copy = v.strictObject({
  bytes: v.pipe(count, v.minValue(1)),
  threads: v.pipe(count, v.minValue(1)),
  /** the way to copy that was the fastest */
  way: text,
  gigabytesPerSecond: v.pipe(v.array(positive), v.minLength(1)),
});

/** All contestants on one task of one case. */
const group = v.strictObject({
  case: benchmarkCaseSchema,
  operation: v.picklist(timedOperations),
  activation: v.nullable(v.literal("relu")),
  outputs: v.picklist(outputKinds),
  /** copies of one tensor of the case, in the same minute, on each number of threads that a contestant has */
  copies: v.pipe(v.array(copy), v.minLength(1)),
  cells: v.array(cell),
});

/** The first run of a task in a process that has done nothing else. */
const cold = v.strictObject({
  case: benchmarkCaseSchema,
  operation: v.picklist(timedOperations),
  contestant: text,
  milliseconds,
  /** the most resident memory that it held beyond inputs and results; null: cannot be told */
  peakBytes: v.nullable(count),
});

/** Full-size passes of one run: how many elements of full-size tensors are read and written, over a tensor's size. */
const passes = v.strictObject({
  contestant: text,
  layout: benchmarkCaseSchema.entries.layout,
  operation: v.picklist(timedOperations),
  activation: v.nullable(v.literal("relu")),
  reads: v.pipe(v.number(), v.minValue(0)),
  writes: v.pipe(v.number(), v.minValue(0)),
});

/** What a result is made of. */
export const resultEntries = {
  schema: v.literal(resultSchemaName),
  schemaVersion: v.literal(resultSchemaVersion),
  started: instant,
  finished: instant,
  /** the version of batchnorm that wrote it */
  version: text,
  /** of the sources; null outside a repository */
  commit: v.nullable(v.strictObject({ hash: text, changed: v.boolean() })),
  profile: text,
  budget: v.strictObject({ rounds: v.pipe(count, v.minValue(1)), milliseconds }),
  machine: machineSchema,
  contestants: v.array(contestant),
  absent: v.array(absent),
  groups: v.array(group),
  passes: v.array(passes),
  cold: v.array(cold),
  /** the same copy before, in between and after: how steady the machine was */
  drift: v.array(v.strictObject({ at: instant, copy })),
} as const;

export const resultSchema = v.pipe(
  v.strictObject(resultEntries),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { contestants, groups } = dataset.value;
    if (groups.length === 0) addIssue({ message: "it has no groups" });
    const listed = new Set(contestants.map(({ name }) => name));
    const stranger = groups.flatMap(({ cells }) => cells).find(({ contestant }) => !listed.has(contestant));
    if (stranger !== undefined) {
      addIssue({ message: `contestant "${stranger.contestant}" of a group is not listed under contestants` });
    }
    const twice = repeated([
      ...groups.map((group) => `group "${groupKey(group)}"`),
      ...groups.flatMap((group) =>
        group.cells.map(({ contestant }) => `contestant "${contestant}" of group "${groupKey(group)}"`),
      ),
    ]);
    if (twice !== undefined) addIssue({ message: `${twice} is there twice` });
  }),
);

function repeated(names: readonly string[]): string | undefined {
  const known = new Set<string>();
  return names.find((name) => known.size === known.add(name).size);
}

export type BenchmarkResult = v.InferOutput<typeof resultSchema>;
export type ResultContestant = BenchmarkResult["contestants"][number];
export type ResultGroup = BenchmarkResult["groups"][number];
export type ResultCell = ResultGroup["cells"][number];
export type TimedCell = Extract<ResultCell, { outcome: "timed" }>;
export type ResultCopy = ResultGroup["copies"][number];
