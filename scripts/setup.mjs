// npm run setup -- NAME...: installs optional components of this machine; without a name, shows them.
import "./require-node.mjs";

const { build, setUp } = await import("./set-up.mjs");
const { run } = await import("./processes.mjs");

if (!(await setUp()) || !(await build(["@batchnorm/components"]))) process.exit(1);
process.exitCode = await run(process.execPath, ["scripts/install-components.mjs", ...process.argv.slice(2)], {
  input: true,
});
