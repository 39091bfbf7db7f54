// npm run kernels [-- --write]: counts what webgl does in Chromium for TensorFlow.js's own operations and for ours, and
// shows it; with --write the table goes into docs/performance.md.
import { parseArgs } from "node:util";
import { chromium } from "@batchnorm/optional-components";
import Table from "cli-table3";
import { countKernels } from "./count-kernels.mjs";
import { kernelsHead, kernelsRow, writeKernels } from "./table.mjs";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const presence = await chromium.probe();
if (!presence.present) {
  console.error(`Chromium is absent: ${presence.reason}; ${presence.remedy}`);
  process.exit(1);
}
const { comparisons, complaints } = await countKernels(/** @type {string} */ (presence.path));
for (const complaint of complaints) console.error(complaint);
const table = new Table({ head: kernelsHead, style: { head: [], border: [] } });
table.push(...comparisons.map(kernelsRow));
console.log(table.toString());
if (values.write) {
  writeKernels(comparisons);
  console.log("written: docs/performance.md");
}
