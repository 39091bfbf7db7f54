import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Plugin, rolldown } from "rolldown";
import type { Mutant } from "./mutant.js";
import { filesOf, patched } from "./patch.js";

const packages = ["core", "backend-cpu", "layers", "conformance"] as const;

/**
 * Bundles the suite and the cpu backend from their sources, with one expression changed, into a single module.
 *
 * What no mutant changes and is large, fixtures and third-party packages, is imported as it stands.
 *
 * @param mutant null for the sources as they are
 * @param root the folder `packages/`
 * @param to where the module is written
 * @throws Error where the mutant is out of date
 */
export async function writeBundle(mutant: Mutant | null, root: URL, to: string): Promise<void> {
  const source = (name: string) => fileURLToPath(new URL(`${name}/src/index.ts`, root));
  const left = new Set(mutant === null ? [] : filesOf(mutant));
  const bundle = await rolldown({
    input: fileURLToPath(new URL("parity/mutants/entry.ts", root)),
    platform: "node",
    resolve: {
      alias: Object.fromEntries(packages.map((name) => [`@batchnorm/${name}`, source(name)])),
      extensionAlias: { ".js": [".ts", ".js"] },
    },
    plugins: [asBuilt(root), ...(mutant === null ? [] : [patch(mutant, root, left)])],
  });
  try {
    await bundle.write({ file: to, format: "esm", codeSplitting: false });
  } finally {
    await bundle.close();
  }
  if (left.size > 0)
    throw new Error(`the mutant "${mutant?.name}" changes ${[...left].join(", ")}, which nothing uses`);
}

/** Changes the mutant's files as they are read, and takes them off `left`. */
function patch(mutant: Mutant, root: URL, left: Set<string>): Plugin {
  const folder = fileURLToPath(root);
  return {
    name: "patch",
    load: {
      filter: { id: /\.ts$/ },
      async handler(id) {
        const file = relative(folder, id).replaceAll("\\", "/");
        return left.delete(file) ? patched(mutant, await readFile(id, "utf8")) : null;
      },
    },
  };
}

/** Leaves third-party packages and the generated modules of conformance, large and never changed, out of the bundle. */
function asBuilt(root: URL): Plugin {
  const conformance = new URL("conformance/src/", root).href;
  return {
    name: "as-built",
    resolveId: {
      filter: { id: [/\/generated\//, /^(?!@batchnorm\/|node:)[@\w]/] },
      async handler(id, importer, options) {
        if (importer === undefined) return null;
        if (!id.startsWith(".")) {
          const found = await this.resolve(id, importer, { ...options, skipSelf: true });
          return found === null ? null : { id: pathToFileURL(found.id).href, external: true };
        }
        const generated = new URL(id, pathToFileURL(importer)).href;
        if (!generated.startsWith(conformance)) return null;
        return { id: generated.replace("/src/generated/", "/dist/generated/"), external: true };
      },
    },
  };
}
