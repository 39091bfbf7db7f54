import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./processes.mjs";
import { readJson, repositoryRoot, workspacePackages } from "./repository.mjs";

/** @param {string} root */
const stampPath = (root) => join(root, "node_modules", ".batchnorm-set-up");

/**
 * A hash of all that decides what is installed. Line ends do not count: a checkout may have changed them.
 *
 * @param {string} root
 */
export function installationHash(root) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${process.versions.modules}\n`);
  const manifests = workspacePackages(root).map(({ directory }) => join(directory, "package.json"));
  for (const path of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"]
    .map((name) => join(root, name))
    .concat(manifests)) {
    hash.update(`${path.slice(root.length)}\n${readFileSync(path, "utf8").replaceAll("\r\n", "\n")}\n`);
  }
  return hash.digest("hex");
}

/**
 * Why dependencies must be installed; null when what is installed is what the lockfile and the manifests ask for.
 *
 * @param {string} root
 */
export function whyInstall(root) {
  if (!existsSync(join(root, "node_modules"))) return "no dependencies are installed yet";
  if (!existsSync(stampPath(root))) return "the installed dependencies were not installed by this command";
  if (readFileSync(stampPath(root), "utf8").trim() !== installationHash(root)) return "the dependencies have changed";
  for (const { directory, manifest } of workspacePackages(root)) {
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    if (names.some((name) => !existsSync(join(directory, "node_modules", name)))) {
      return `installed dependencies of ${manifest.name} are missing`;
    }
  }
  return null;
}

/**
 * Installs dependencies with the pnpm that package.json names, unless they are installed already.
 *
 * @param {string} [root]
 * @returns {Promise<boolean>} false when it failed; what failed has been printed
 */
export async function setUp(root = repositoryRoot) {
  const reason = whyInstall(root);
  if (reason === null) return true;
  const { version } = readJson(join(root, "package.json")).devEngines.packageManager;
  const started = performance.now();
  const hash = installationHash(root);
  console.log(`set-up: ${reason}; installing them with pnpm ${version} (under a minute)`);
  const args = [
    "--yes",
    "--loglevel=error",
    `pnpm@${version}`,
    "install",
    "--frozen-lockfile",
    "--reporter=append-only",
  ];
  const code = await run("npx", [...args, "--config.confirmModulesPurge=false"], { quiet: true, cwd: root });
  if (code !== 0) {
    console.error(
      `set-up: failed (exit code ${code}). After a change of package.json: npx --yes pnpm@${version} install`,
    );
    return false;
  }
  writeFileSync(stampPath(root), `${hash}\n`);
  console.log(`set-up: installed in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return true;
}

/**
 * Makes what runs out of its sources, see compile.mjs.
 *
 * @returns {Promise<boolean>} false when it failed; what failed has been printed
 */
export async function build() {
  const { compile } = await import("./compile.mjs"); // needs what set-up has installed
  try {
    await compile();
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error("build: failed");
    return false;
  }
}
