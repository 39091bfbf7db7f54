import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { transformSync } from "rolldown/utils";
import { repositoryRoot, workspacePackages } from "./repository.mjs";

/**
 * Makes what runs: `src/generated/` of the packages with a `scripts/generate.mjs`, and `dist/**.js` of those with a
 * tsconfig.json, each module by itself. Types are not looked at: `turbo run types` does that. Writes only what differs.
 *
 * @param {string} [root]
 * @throws Error that shows each syntax error
 */
export async function compile(root = repositoryRoot) {
  const directories = workspacePackages(root).map(({ directory }) => directory);
  const problems = [];
  for (const directory of directories.filter((one) => existsSync(join(one, "tsconfig.json")))) {
    await generate(directory);
    problems.push(...compilePackage(directory));
  }
  if (problems.length > 0) throw new Error(problems.join("\n\n"));
}

/** @param {string} directory */
async function generate(directory) {
  const script = join(directory, "scripts/generate.mjs");
  if (!existsSync(script)) return;
  const { generate } = await import(pathToFileURL(script).href);
  const generated = join(directory, "src/generated");
  const files = new Map(await generate());
  for (const name of filesOf(generated)) if (!files.has(name)) rmSync(join(generated, name));
  for (const [name, text] of files) write(join(generated, name), text);
}

/**
 * @param {string} directory
 * @returns {string[]} what is wrong
 */
function compilePackage(directory) {
  const [src, dist] = [join(directory, "src"), join(directory, "dist")];
  const modules = filesOf(src).filter((name) => name.endsWith(".ts"));
  const problems = [];
  for (const name of modules) {
    const file = join(dist, name.replace(/\.ts$/, ".js"));
    const { code, map, errors } = transformSync(
      relative(dirname(file), join(src, name)),
      readFileSync(join(src, name), "utf8"),
      {
        sourcemap: true,
        target: "es2023",
        tsconfig: false,
        typescript: { onlyRemoveTypeImports: true },
      },
    );
    problems.push(...errors.map(({ message }) => `${join(src, name)}: ${stripVTControlCharacters(message)}`));
    if (errors.length > 0) continue;
    write(`${file}.map`, JSON.stringify({ ...map, sourcesContent: undefined }));
    write(file, `${code}//# sourceMappingURL=${name.split("/").at(-1)?.replace(/\.ts$/, ".js.map")}\n`);
  }
  const kept = new Set(modules.map((name) => name.slice(0, -".ts".length)));
  for (const name of filesOf(dist)) {
    const module = /^(.*?)\.(?:d\.ts|js)(?:\.map)?$/.exec(name)?.[1];
    if (module !== undefined && !kept.has(module)) rmSync(join(dist, name));
  }
  return problems;
}

/** @param {string} directory */
function filesOf(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"));
}

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
