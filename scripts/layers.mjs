// Checks that packages import only what the table in CONTRIBUTING.md lets them. Part of npm run lint.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkImports } from "./layers-imports.mjs";
import { checkManifest, checkOrder, readLayers } from "./layers-table.mjs";
import { repositoryRoot, workspacePackages } from "./repository.mjs";

/**
 * @param {string} root
 * @returns {string[]} one line for each arrow that points up, or that the table does not have
 */
export function checkLayers(root) {
  const layers = readLayers(readFileSync(join(root, "CONTRIBUTING.md"), "utf8"));
  const packages = workspacePackages(root);
  const tools = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies ?? {});
  const known = new Set(packages.map(({ manifest }) => manifest.name));
  const strangers = [...layers.keys()].filter((name) => !known.has(name));
  return [
    ...strangers.map((name) => `CONTRIBUTING.md: the table has ${name}, which is no package`),
    ...checkOrder(layers),
    ...packages.flatMap(({ manifest }) => checkManifest(manifest, layers)),
    ...packages.flatMap((workspacePackage) => checkImports(workspacePackage, tools)),
  ];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const problems = checkLayers(repositoryRoot);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error("Which package may import which is decided by the table under Packages in CONTRIBUTING.md.");
    process.exitCode = 1;
  }
}
