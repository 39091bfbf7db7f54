// npm run pack -- FOLDER: packs what is published into a folder from which npm, pnpm, yarn and bun install.
import "./require-node.mjs";

const { mkdirSync } = await import("node:fs");
const { createRequire } = await import("node:module");
const { join, resolve } = await import("node:path");
const { build, setUp } = await import("./set-up.mjs");
const { run } = await import("./processes.mjs");
const { readJson, repositoryRoot, workspacePackages } = await import("./repository.mjs");

const [named, ...rest] = process.argv.slice(2);
if (rest.length > 0) {
  console.error(`npm run pack takes one folder, but got ${process.argv.slice(2).join(" ")}`);
  process.exit(2);
}
if (!(await setUp()) || !(await build()) || (await run("turbo", ["run", "types", "--output-logs=errors-only"])) !== 0) {
  process.exit(1);
}

const folder = resolve(process.env.INIT_CWD ?? "", named ?? join(repositoryRoot, "packed"));
mkdirSync(folder, { recursive: true });
const published = workspacePackages().filter(({ manifest }) => !manifest.private);
const names = published.map(({ manifest }) => manifest.name);
const hook = join(repositoryRoot, "scripts/packed-dependencies.cjs");
const code = await run(
  "pnpm",
  [...names.flatMap((name) => ["--filter", name]), `--config.pnpmfile=${hook}`, "pack", "--pack-destination", folder],
  { quiet: true, env: { BATCHNORM_PACKED_IN: folder, BATCHNORM_PACKED: names.join(" ") } },
);
if (code !== 0) process.exit(code);

const { fileOf } = createRequire(import.meta.url)(hook);
for (const { directory, manifest } of published) {
  const { version } = readJson(join(directory, "package.json"));
  console.log(`${manifest.name.padEnd(34)} ${join(folder, fileOf(manifest.name, version))}`);
}
console.log(
  "\nnpm install FILE ... (or pnpm add, yarn add, bun add): they find each other in this folder, so leave it there",
);
