/**
 * The form of report/report.json. A program that reads it looks at `schema` and `schemaVersion` first; the version rises
 * when something that is there changes its meaning or goes.
 */

import { judgedOperations } from "@batchnorm/conformance";
import { dtypes } from "@batchnorm/core/checks";
import { driftSchema, groupSchema, implementationSchema, machineSchema } from "@batchnorm/timing";
import * as v from "valibot";

export const reportSchemaName = "batchnorm-report";
export const reportSchemaVersion = 3;

/** The operations that a report times, in order. */
export const reportOperations = ["step", "train", "infer"] as const;

export type ReportOperation = (typeof reportOperations)[number];

const text = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
/** null: not finite where the specification is */
const ulp = v.nullable(v.pipe(finite, v.minValue(0)));
const dtype = v.picklist(dtypes);

const backend = v.strictObject({
  name: text,
  package: text,
  version: text,
  dtypes: v.array(dtype),
  threads: v.pipe(count, v.minValue(1)),
});

const absent = v.strictObject({ kind: v.picklist(["backend", "component"]), name: text, reason: text, remedy: text });

const checkRow = v.strictObject({
  backend: text,
  dtype,
  case: text,
  mode: v.picklist(["train", "eval", "freeze"]),
  operation: v.picklist(judgedOperations),
  /** how many values were compared */
  values: count,
  ulp,
  bound: finite,
  passed: v.boolean(),
});

const check = v.strictObject({
  backend: text,
  version: text,
  rows: v.array(checkRow),
  failures: v.array(v.strictObject({ backend: text, dtype, case: text, message: v.string() })),
  passed: v.boolean(),
});

/** A peer's time over the backend's: the geometric mean over the cases, and its ends. */
const ratios = v.strictObject({ mean: finite, least: finite, most: finite });

const recommendation = v.strictObject({
  backend: text,
  /** the worst float32 error of its checks */
  ulp: finite,
  /** null without a peer */
  peer: v.nullable(v.strictObject({ name: text, step: ratios, train: ratios, infer: ratios })),
  sentence: text,
});

export const reportSchema = v.strictObject({
  schema: v.literal(reportSchemaName),
  schemaVersion: v.literal(reportSchemaVersion),
  created: v.pipe(v.string(), v.isoTimestamp()),
  /** the version of batchnorm that wrote it */
  version: text,
  /** whether every shape was timed, and for longer */
  full: v.boolean(),
  machine: machineSchema,
  backends: v.array(backend),
  absent: v.array(absent),
  checks: v.array(check),
  budget: v.strictObject({ rounds: v.pipe(count, v.minValue(1)), milliseconds: v.pipe(finite, v.minValue(0)) }),
  /** who was timed: the backends that passed their checks, and peers, the fairest first */
  implementations: v.array(implementationSchema),
  /** in the form of a benchmark's result: every sample */
  groups: v.array(groupSchema),
  drift: v.array(driftSchema),
  /** null: no backend agrees with the specification everywhere */
  recommendation: v.nullable(recommendation),
});

export type Report = v.InferOutput<typeof reportSchema>;
