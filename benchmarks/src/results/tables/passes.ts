import { taskName } from "../../operations.js";
import type { BenchmarkResult } from "../schema.js";
import { groupBy, nothing, table } from "./markdown.js";

/** How often a run reads and writes tensors of full size, as counted: a row for each operation and layout. */
export function passTable(result: BenchmarkResult): string {
  const names = result.contestants
    .map(({ name }) => name)
    .filter((name) => result.passes.some(({ contestant }) => contestant === name));
  const rows = groupBy(
    result.passes,
    ({ operation, activation, layout }) =>
      `${taskName({ operation, activation, outputs: "fresh" })}, ${layout.replace("-", " ")}`,
  );
  return table(
    ["operation", ...names],
    [...rows].map(([title, passes]) => [
      title,
      ...names.map((name) => {
        const found = passes.find(({ contestant }) => contestant === name);
        return found === undefined ? nothing : `${rounded(found.reads)} read, ${rounded(found.writes)} written`;
      }),
    ]),
  );
}

function rounded(passes: number): string {
  return String(Math.round(passes * 100) / 100);
}
