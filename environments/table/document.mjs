// The table of docs/environments.md: environments by backends.
import { readFileSync, writeFileSync } from "node:fs";

/** @typedef {import("./results.mjs").Result} Result */

/**
 * @typedef {object} Table
 * @property {string[]} backends
 * @property {Map<string, Map<string, string>>} rows what is said of each backend in each environment
 */

const document = new URL("../../docs/environments.md", import.meta.url);
const marked = /(?<=<!-- environments -->\n\n)[\s\S]*?(?=\n\n<!-- end of environments -->)/;

/**
 * What the table says of a result.
 *
 * @param {Pick<Result, "outcome" | "threads">} result
 */
export function cellOf({ outcome, threads }) {
  if (outcome !== "passed") return outcome;
  return threads === undefined ? "passes" : `passes, ${threads} ${threads === 1 ? "thread" : "threads"}`;
}

/** @returns {Table} */
export function readTable() {
  const [head = "", , ...lines] = marked.exec(readFileSync(document, "utf8"))?.[0].split("\n") ?? [];
  const [, ...backends] = cells(head);
  const rows = lines.map(cells).map(([environment = "", ...said]) => {
    const pairs = backends.map((backend, i) => /** @type {const} */ ([backend, said[i] ?? ""]));
    return /** @type {const} */ ([environment, new Map(pairs)]);
  });
  return { backends, rows: new Map(rows) };
}

/** @param {string} line */
function cells(line) {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/**
 * The table with what was found in its place: what was not measured stays, what is new comes last.
 *
 * @param {Table} table
 * @param {readonly Result[]} found
 */
export function tableWith({ backends, rows }, found) {
  const columns = [...new Set([...backends, ...found.map(({ backend }) => backend)])];
  const names = [...new Set([...rows.keys(), ...found.map(({ environment }) => environment)])];
  const body = names.map((name) => {
    const own = found.filter(({ environment }) => environment === name);
    return columns.map((column) => {
      const result = own.find(({ backend }) => backend === column);
      return result === undefined ? (rows.get(name)?.get(column) ?? "") : cellOf(result);
    });
  });
  const lines = body.map((said, i) => `| ${[names[i], ...said].join(" | ")} |`);
  return [`| | ${columns.join(" | ")} |`, `|-|${"-|".repeat(columns.length)}`, ...lines].join("\n");
}

/** @returns {string} the table as it stands */
export function committedTable() {
  return marked.exec(readFileSync(document, "utf8"))?.[0] ?? "";
}

/** @param {string} table */
export function writeTable(table) {
  writeFileSync(
    document,
    readFileSync(document, "utf8").replace(marked, () => table),
  );
}
