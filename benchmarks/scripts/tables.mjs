// npm run tables: writes the tables of the newest result in results/ between the marks of the Markdown files below.
// With --check it writes nothing, and fails where a file differs from what it would write.
import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchmarkError, newestResult, withTables } from "@batchnorm/benchmarks";

const files = ["README.md", "docs/performance.md"];
const root = fileURLToPath(new URL("../../", import.meta.url));

const check = process.argv.includes("--check");
const unknown = process.argv.slice(2).find((argument) => argument !== "--check");

try {
  if (unknown !== undefined)
    throw new BenchmarkError("ERR_TABLES", `unknown argument ${unknown}; expected --check or none`);
  const newest = newestResult(`${root}benchmarks/results`);
  const changes = files
    .map((file) => ({ file, text: readFileSync(`${root}${file}`, "utf8") }))
    .map(({ file, text }) => ({ file, text, filled: withTables(text, file, newest?.result ?? null) }))
    .filter(({ text, filled }) => text !== filled);
  for (const { file, filled } of changes) {
    const from = relative(root, newest?.path ?? "");
    if (check) console.error(`${file} does not show the result ${from}; run npm run tables`);
    else {
      writeFileSync(`${root}${file}`, filled);
      console.log(`${file}: tables of ${from}`);
    }
  }
  if (!check && changes.length === 0)
    console.log("nothing to write: no marks for tables, or all tables are as they should be");
  if (check && changes.length > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof BenchmarkError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
