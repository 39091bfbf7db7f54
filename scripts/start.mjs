// npm start: sets up what is missing, compiles, and runs the report on this machine.
import "./require-node.mjs";

console.log("batchnorm: checks and times every backend on this machine and writes report/, in a minute or two");
const { build, setUp } = await import("./set-up.mjs");
const { run } = await import("./processes.mjs");

if (!(await setUp()) || !(await build())) process.exit(1);
process.exitCode = await run(process.execPath, ["apps/cli/dist/bin.js", "report", ...process.argv.slice(2)], {
  input: true,
});
