/**
 * The form of a result file. A program that reads it looks at `schema` and `schemaVersion` first; the version rises when
 * something that is there changes its meaning or goes. All samples are kept; what is derived from them (medians, spreads,
 * ratios, GB/s) is computed by who reads.
 */
import {
  count,
  driftSchema,
  groupKey,
  groupSchema,
  implementationSchema,
  instant,
  machineSchema,
  milliseconds,
  text,
} from "@batchnorm/timing";
import * as v from "valibot";

export const resultSchemaName = "batchnorm-benchmark";
export const resultSchemaVersion = 2;

const absent = v.strictObject({ name: text, reason: text, remedy: text });

const place = v.strictObject({ engine: text, version: text, isolated: v.boolean() });
export type Place = v.InferOutput<typeof place>;

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
  /** the browser in whose page it was measured; absent: Node */
  place: v.optional(place),
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
