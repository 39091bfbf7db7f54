// npm run setup: sets up what is missing, compiles, and shows optional components; -- NAME... installs those.
import "./require-node.mjs";

const { build, setUp } = await import("./set-up.mjs");
const { run } = await import("./processes.mjs");

if (!(await setUp()) || !(await build())) process.exit(1);
process.exitCode = await run(process.execPath, ["scripts/install-components.mjs", ...process.argv.slice(2)], {
  input: true,
});
