/** The parts of result files: of benchmarks, and of reports. */
import { operations } from "@batchnorm/conformance";
import * as v from "valibot";
import { benchmarkCaseSchema } from "../cases/schema.js";
import { outputKinds, timedOperations } from "../operations.js";

export const text = v.pipe(v.string(), v.minLength(1));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
/** of at least a nanosecond: no clock here tells less */
export const milliseconds = v.pipe(v.number(), v.finite(), v.minValue(1e-6));
export const instant = v.pipe(v.string(), v.isoTimestamp());
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

export type Machine = v.InferOutput<typeof machineSchema>;
export type ResultImplementation = v.InferOutput<typeof implementationSchema>;
export type ResultGroup = v.InferOutput<typeof groupSchema>;
export type ResultCell = ResultGroup["cells"][number];
export type TimedCell = Extract<ResultCell, { outcome: "timed" }>;
export type ResultCopy = ResultGroup["copies"][number];
export type ResultDrift = v.InferOutput<typeof driftSchema>;
