// npm run pack -- FOLDER: packs what is published into a folder from which npm, pnpm, yarn and bun install.
import "./require-node.mjs";

const { mkdirSync } = await import("node:fs");
const { join, resolve } = await import("node:path");
const { build, setUp } = await import("./set-up.mjs");
const { run } = await import("./processes.mjs");
const { repositoryRoot } = await import("./repository.mjs");

/**
 * @param {string} problem
 * @returns {never}
 */
function refuse(problem) {
  console.error(`error: ${problem}`);
  process.exit(2);
}

const [named, ...rest] = process.argv.slice(2);
if (rest.length > 0) refuse(`npm run pack takes one folder, but got ${process.argv.slice(2).join(" ")}`);
const folder = resolve(process.env.INIT_CWD ?? "", named ?? join(repositoryRoot, "packed"));
try {
  mkdirSync(folder, { recursive: true });
} catch (error) {
  refuse(`cannot pack into ${folder}: ${/** @type {Error} */ (error).message}; name another folder`);
}
if (!(await setUp()) || !(await build()) || (await run("turbo", ["run", "types", "--output-logs=errors-only"])) !== 0) {
  process.exit(1);
}

const { packInto } = await import("./pack-into.mjs");
for (const [name, file] of await packInto(folder)) console.log(`${name.padEnd(34)} ${file}`);
console.log(
  "\nnpm install FILE ... (or pnpm add, yarn add, bun add): they find each other in this folder, so leave it there.\nWho has installed earlier ones runs npm update; bun needs its bun.lock and node_modules deleted first",
);
