// npm run bench: sets up what is missing, builds what has changed, and runs the benchmarks on this machine.
import "./require-node.mjs";

const { build, setUp } = await import("./set-up.mjs");
const { run } = await import("./processes.mjs");

if (!(await setUp()) || !(await build())) process.exit(1);
process.exitCode = await run(process.execPath, ["benchmarks/dist/bin.js", ...process.argv.slice(2)], {
  input: true,
});
