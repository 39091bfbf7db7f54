// npm run bounds [-- --write] [-- backend...]: measures backends, all by default, by the whole suite and shows, beside the
// committed table of bounds, what was measured and what is proposed; with --write the proposal becomes the table.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { judgedBackends } from "@batchnorm/conformance";
import { writeErrors } from "./errors-table.mjs";

const { values, positionals } = parseArgs({
  options: { write: { type: "boolean", default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !judgedBackends.includes(name));
if (unknown.length > 0) {
  console.error(`no backend is called ${unknown.join(", ")}: they are ${judgedBackends.join(", ")}`);
  process.exit(2);
}

// Each in a process of its own: TensorFlow.js has one engine at a time, and TensorFlow reads its settings once.
const script = fileURLToPath(new URL("measure.mjs", import.meta.url));
for (const name of positionals.length > 0 ? positionals : judgedBackends) {
  const args = [script, name, ...(values.write ? ["--write"] : [])];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  process.exitCode = Math.max(Number(process.exitCode ?? 0), status ?? 1);
}
if (values.write) writeErrors();
