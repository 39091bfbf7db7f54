import { caseId } from "../../cases/id.js";
import { shapeOf } from "../../cases/schema.js";
import { formatBytes, formatTime } from "../../format.js";
import { operationNames } from "../../operations.js";
import type { BenchmarkResult } from "../schema.js";
import { groupBy, nothing, table } from "./markdown.js";

/** The first run in a fresh process, and the memory that it held: a row for each case and operation. */
export function coldTable({ contestants, cold }: BenchmarkResult): string {
  if (cold.length === 0) return "No first run in a fresh process was timed.";
  const names = contestants
    .map(({ name }) => name)
    .filter((name) => cold.some(({ contestant }) => contestant === name));
  const rows = [...groupBy(cold, ({ case: kase, operation }) => `${caseId(kase)} ${operation}`).values()].map(
    (runs) => {
      const [{ case: kase, operation }] = runs;
      const dtype = kase.dtype === "float32" ? "" : `, ${kase.dtype}`;
      return [
        `${shapeOf(kase)}${dtype}`,
        operationNames[operation],
        ...names.map((name) => {
          const run = runs.find(({ contestant }) => contestant === name);
          if (run === undefined) return nothing;
          return `${formatTime(run.milliseconds)}, ${run.peakBytes === null ? nothing : formatBytes(run.peakBytes)}`;
        }),
      ];
    },
  );
  const legend = `In a cell: the time of the first run in a process that has done nothing else, and the most memory that it held beyond its inputs and results; ${nothing} where it was not measured or cannot be told.`;
  return `${legend}\n\n${table(["shape", "operation", ...names], rows)}`;
}
