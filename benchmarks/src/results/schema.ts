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
export const resultSchemaVersion = 2;

const text = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
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

export const implementationSchema = v.strictObject({
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

/** One implementation on one task of one case. */
const cell = v.variant("outcome", [
  v.strictObject({
    outcome: v.literal("timed"),
    implementation: text,
    errors: v.array(error),
    /** milliseconds per run, by round: in every round each implementation has its turn */
    rounds: v.pipe(v.array(v.pipe(v.array(milliseconds), v.minLength(1))), v.minLength(1)),
  }),
  /** it is further from the specification than its limit, and so was not timed */
  v.strictObject({ outcome: v.literal("disagrees"), implementation: text, errors: v.array(error) }),
  /** it was not tried, or has no such thing */
  v.strictObject({ outcome: v.literal("skipped"), implementation: text, reason: text }),
  /** it crashed, hung, or answered rubbish */
  v.strictObject({ outcome: v.literal("failed"), implementation: text, reason: text }),
]);

/** GB/s of a copy, each byte counted once read and once written. */
const copy = v.strictObject({
  bytes: v.pipe(count, v.minValue(1)),
  threads: v.pipe(count, v.minValue(1)),
  /** the way to copy that was the fastest */
  way: text,
  gigabytesPerSecond: v.pipe(v.array(positive), v.minLength(1)),
});

/** All implementations on one task of one case. */
export const groupSchema = v.strictObject({
  case: benchmarkCaseSchema,
  operation: v.picklist(timedOperations),
  activation: v.nullable(v.literal("relu")),
  outputs: v.picklist(outputKinds),
  /** copies of one tensor of the case, in the same minute, on each number of threads that an implementation has */
  copies: v.pipe(v.array(copy), v.minLength(1)),
  cells: v.array(cell),
});

/** A copy of one size, in the course of a run. */
export const driftSchema = v.strictObject({ at: instant, copy });

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
  implementations: v.array(implementationSchema),
  absent: v.array(absent),
  groups: v.array(groupSchema),
  /** the same copy before, in between and after: how steady the machine was */
  drift: v.array(driftSchema),
} as const;

export const resultSchema = v.pipe(
  v.strictObject(resultEntries),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { implementations, groups } = dataset.value;
    if (groups.length === 0) addIssue({ message: "it has no groups" });
    const listed = new Set(implementations.map(({ name }) => name));
    const stranger = groups.flatMap(({ cells }) => cells).find(({ implementation }) => !listed.has(implementation));
    if (stranger !== undefined) {
      addIssue({
        message: `implementation "${stranger.implementation}" of a group is not listed under implementations`,
      });
    }
    const twice = repeated([
      ...groups.map((group) => `group "${groupKey(group)}"`),
      ...groups.flatMap((group) =>
        group.cells.map(({ implementation }) => `implementation "${implementation}" of group "${groupKey(group)}"`),
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
export type ResultImplementation = BenchmarkResult["implementations"][number];
export type ResultGroup = BenchmarkResult["groups"][number];
export type ResultCell = ResultGroup["cells"][number];
export type TimedCell = Extract<ResultCell, { outcome: "timed" }>;
export type ResultDrift = BenchmarkResult["drift"][number];
export type ResultCopy = ResultGroup["copies"][number];
