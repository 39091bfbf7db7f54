// npm run environments [-- --write]: shows what the last tests with BATCHNORM_TESTS=all have found, and fails where
// docs/environments.md says otherwise; with --write the table goes there.
import { parseArgs } from "node:util";
import { committedTable, readTable, tableWith, writeTable } from "./document.mjs";
import { results } from "./results.mjs";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const found = results();
for (const { environment, version, backend, outcome, passed, digest } of found) {
  const judged = passed === undefined ? "" : `, ${passed} checks`;
  const compared = digest === undefined ? "" : `, bits ${digest.slice(0, 12)}`;
  console.log(`${environment} (${version}), ${backend}: ${outcome}${judged}${compared}`);
}
const table = tableWith(readTable(), found);
console.log(`\n${table}\n`);
if (found.length === 0) {
  console.error("nothing is measured: in environments/, run BATCHNORM_TESTS=all npx vitest run");
  process.exitCode = 1;
} else if (values.write) {
  writeTable(table);
  console.log("written: docs/environments.md");
} else if (table !== committedTable()) {
  console.error("docs/environments.md says otherwise: npm run environments -- --write");
  process.exitCode = 1;
}
