import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { run } from "./processes.mjs";
import { readJson, repositoryRoot, workspacePackages } from "./repository.mjs";

const hook = join(repositoryRoot, "scripts/packed-dependencies.cjs");

/**
 * Packs what is published, as it is built, so that packages that depend on each other find each other in the folder.
 *
 * @param {string} folder an absolute path
 * @returns {Promise<Map<string, string>>} the files by the names of packages
 * @throws Error where packing fails; what failed has been printed
 */
export async function packInto(folder) {
  mkdirSync(folder, { recursive: true });
  const published = workspacePackages().filter(({ manifest }) => !manifest.private);
  const names = published.map(({ manifest }) => manifest.name);
  const filters = names.flatMap((name) => ["--filter", name]);
  const code = await run("pnpm", [...filters, `--config.pnpmfile=${hook}`, "pack", "--pack-destination", folder], {
    quiet: true,
    env: { BATCHNORM_PACKED_IN: folder, BATCHNORM_PACKED: names.join(" ") },
  });
  if (code !== 0) throw new Error(`packing into ${folder} failed`);
  const { fileOf } = createRequire(import.meta.url)(hook);
  return new Map(
    published.map(({ directory, manifest: { name } }) => {
      const { version } = readJson(join(directory, "package.json"));
      return [name, join(folder, fileOf(name, version))];
    }),
  );
}
