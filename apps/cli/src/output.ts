import Table from "cli-table3";

/** Prints a line on standard output. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a value as JSON, for programs. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** A text in lines of at most so many characters: it breaks at spaces, and after slashes where a path is longer. */
export function wrapped(text: string, width = 80, indent = "  "): string {
  const parts = text
    .split(" ")
    .flatMap((word) =>
      (word.length > width ? word.split(/(?<=\/)/) : [word]).map((part, at) => (at === 0 ? ` ${part}` : part)),
    );
  const lines = [""];
  for (const part of parts) {
    const line = lines.at(-1) as string;
    if (line !== "" && (line + part).length > width) lines.push(`${indent}${part.trimStart()}`);
    else lines[lines.length - 1] = line === "" ? part.trimStart() : line + part;
  }
  return lines.join("\n");
}

/** A cell of a table: a text, or one over several columns. */
export type Cell = string | { readonly colSpan: number; readonly content: string };

/** What cli-table3 draws between and around cells. */
const lines = [
  ...(["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"] as const),
  ...(["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"] as const),
];

/** A table for people: a head and rows, numbers to the right, no lines but one under the head. */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  right: readonly number[] = [],
): string {
  const result = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 2 },
    colAligns: head.map((_, column) => (right.includes(column) ? "right" : "left")),
    chars: Object.fromEntries(lines.map((line) => [line, ""])),
  });
  result.push(
    ...rows.map((row) => row.map((cell) => (typeof cell === "string" ? cell : { ...cell, hAlign: "left" as const }))),
  );
  return result
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
