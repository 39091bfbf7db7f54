// npm run tables: writes the tables of every result in results/ to a file beside it, and the short table into README.md and
// docs/performance.md. With --check it writes nothing, and fails where a file differs from what it would write.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchmarkError } from "@batchnorm/timing";
import { outdatedDocuments } from "../dist/results/tables/documents.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const args = process.argv.slice(2);
const check = args.includes("--check");

try {
  const unknown = args.find((argument) => argument !== "--check");
  if (unknown !== undefined) throw new BenchmarkError("ERR_TABLES", `got ${unknown}; expected --check or nothing`);
  const outdated = outdatedDocuments(root);
  for (const { file, text } of outdated) {
    if (check) console.error(`${file} is not what benchmarks/results makes of it; run npm run tables`);
    else {
      writeFileSync(join(root, file), text);
      console.log(`${file}: written`);
    }
  }
  if (check && outdated.length > 0) process.exitCode = 1;
  if (!check && outdated.length === 0) console.log("nothing to write: every file is as it should be");
} catch (error) {
  if (!(error instanceof BenchmarkError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
