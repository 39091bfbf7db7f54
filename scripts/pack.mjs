// npm run pack -- FOLDER: packs what is published into a folder from which npm, pnpm, yarn and bun install.
import "./require-node.mjs";

const { join, resolve } = await import("node:path");
const { build, setUp } = await import("./set-up.mjs");
const { run } = await import("./processes.mjs");
const { packInto } = await import("./pack-into.mjs");
const { repositoryRoot } = await import("./repository.mjs");

const [named, ...rest] = process.argv.slice(2);
if (rest.length > 0) {
  console.error(`npm run pack takes one folder, but got ${process.argv.slice(2).join(" ")}`);
  process.exit(2);
}
if (!(await setUp()) || !(await build()) || (await run("turbo", ["run", "types", "--output-logs=errors-only"])) !== 0) {
  process.exit(1);
}

for (const [name, file] of await packInto(
  resolve(process.env.INIT_CWD ?? "", named ?? join(repositoryRoot, "packed")),
)) {
  console.log(`${name.padEnd(34)} ${file}`);
}
console.log(
  "\nnpm install FILE ... (or pnpm add, yarn add, bun add): they find each other in this folder, so leave it there",
);
