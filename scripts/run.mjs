// npm run build, lint, api, docs, tables, bounds, kernels, environments, mutants: sets up what is missing, compiles, then
// has turbo run what belongs to the command.
import "./require-node.mjs";

const { build, setUp } = await import("./set-up.mjs");
const { run } = await import("./processes.mjs");
const { tasks } = await import("./tasks.mjs");

/**
 * @param {string} problem
 * @returns {never}
 */
function refuse(problem) {
  console.error(problem);
  process.exit(2);
}

const takeArguments = new Set(["tables", "bounds", "kernels", "environments", "mutants"]);

const [command = "", ...args] = process.argv.slice(2);
if (!Object.hasOwn(tasks, command)) {
  refuse(`"${command}" is no command of this script: expected one of ${Object.keys(tasks).join(", ")}`);
}
if (args.length > 0 && !takeArguments.has(command))
  refuse(`npm run ${command} takes no arguments, but got ${args.join(" ")}`);
if (!(await setUp()) || !(await build())) process.exit(1);
const rest = args.length > 0 ? ["--", ...args] : [];
process.exitCode = await run("turbo", [
  "run",
  ...(tasks[command] ?? []),
  "--continue=dependencies-successful",
  ...rest,
]);
