import { existsSync } from "node:fs";

/** The scripts of a clone by the command that they run. */
const scripts: Readonly<Record<string, string>> = {
  bench: "npm run bench",
  report: "npm start",
  setup: "npm run setup",
};

/** Whether this runs in a clone of the repository, whose scripts install components. */
export const isClone = existsSync(new URL("../../../scripts/bench.mjs", import.meta.url));

/**
 * A command of batchnorm as people can type it where this runs: `batchnorm report --full` where it is installed,
 * `npm start -- --full` in a clone, which also has `bench` and `setup`. In a clone what prints JSON is run by Node, as npm prints lines of its own.
 *
 * @param words what follows `batchnorm`
 */
export function ownCommand(words: string, clone: boolean = isClone): string {
  if (!clone) return `batchnorm ${words}`;
  const [command = "", ...rest] = words.split(" ");
  const script = Object.hasOwn(scripts, command) && !rest.includes("--json") ? scripts[command] : undefined;
  if (script === undefined) return `node apps/cli/dist/bin.js ${words}`;
  return rest.length === 0 ? script : `${script} -- ${rest.join(" ")}`;
}
