import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Plugin, rolldown } from "rolldown";
import { sources } from "../../scripts/sources.mjs";
import type { Change } from "./mutant.js";
import { filesOf, patched } from "./patch.js";

/**
 * Bundles the suite and the cpu backend from their sources, with some expressions changed, into a single module.
 *
 * What nobody changes and is large, fixtures and third-party packages, is imported as it stands.
 *
 * @param changes none for the sources as they are
 * @param root of the repository
 * @param to where the module is written
 * @throws Error where a change is out of date
 */
export async function writeBundle(changes: readonly Change[], root: URL, to: string): Promise<void> {
  const left = new Set(changes.flatMap(filesOf));
  const bundle = await rolldown({
    input: fileURLToPath(new URL("judging/mutants/entry.ts", root)),
    platform: "node",
    resolve: {
      // "$": this name, and none that begins with it
      alias: Object.fromEntries([...sources(fileURLToPath(root))].map(([name, to]) => [`${name}$`, to])),
      extensionAlias: { ".js": [".ts", ".js"] },
    },
    plugins: [asBuilt(root), patch(changes, root, left)],
  });
  try {
    await bundle.write({ file: to, format: "esm", codeSplitting: false });
  } finally {
    await bundle.close();
  }
  if (left.size > 0) throw new Error(`changes are made in ${[...left].join(", ")}, which nothing uses`);
}

/** Makes the changes in their files as they are read, and takes those off `left`. */
function patch(changes: readonly Change[], root: URL, left: Set<string>): Plugin {
  const folder = fileURLToPath(new URL("packages/", root));
  return {
    name: "patch",
    load: {
      filter: { id: /\.ts$/ },
      async handler(id) {
        const file = relative(folder, id).replaceAll("\\", "/");
        if (!left.delete(file)) return null;
        const made = changes.filter((change) => filesOf(change).includes(file));
        return made.reduce((source, change) => patched(change, source), await readFile(id, "utf8"));
      },
    },
  };
}

/** Leaves third-party packages and the generated modules of conformance, large and never changed, out of the bundle. */
function asBuilt(root: URL): Plugin {
  const conformance = new URL("packages/conformance/src/", root).href;
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
