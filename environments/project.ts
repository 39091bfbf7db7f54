import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { environment } from "@batchnorm/testing/command";
import { packInto } from "../scripts/pack-into.mjs";

/** A folder outside the repository, like a user's. */
export interface Project {
  readonly folder: string;
  /** Runs a program in it and gives what it printed. @throws where it fails, with all that it printed */
  run(file: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  remove(): void;
}

const execute = promisify(execFile);

/**
 * @param files by their names; a package.json stands in it unless given
 */
export function emptyProject(files: Readonly<Record<string, string>> = {}): Project {
  const folder = mkdtempSync(join(tmpdir(), "batchnorm-project-"));
  const manifest = JSON.stringify({ name: "project", private: true, type: "module" });
  for (const [name, text] of Object.entries({ "package.json": manifest, ...files })) {
    writeFileSync(join(folder, name), text);
  }
  return projectIn(folder);
}

/** What there is in a folder. */
export function projectIn(folder: string): Project {
  return {
    folder,
    async run(file, args, env = {}) {
      try {
        const { stdout } = await execute(file, args, { cwd: folder, env: environment(env), maxBuffer: 2 ** 26 });
        return stdout;
      } catch (error) {
        const { message, stdout = "", stderr = "" } = error as Error & { stdout?: string; stderr?: string };
        throw new Error(`${message}\n${stdout}\n${stderr}`);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The packed packages by their names. */
export type Packed = ReadonlyMap<string, string>;

/** Packs what is published, as it is built, into a folder of its own. */
export async function pack(): Promise<{ packed: Packed; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "batchnorm-packed-"));
  return { packed: await packInto(folder), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A project with packed packages in it, installed by npm, and other packages from the registry. */
export async function projectWith(
  packed: Packed,
  names: readonly string[],
  { files = {}, others = [] }: { files?: Readonly<Record<string, string>>; others?: readonly string[] } = {},
): Promise<Project> {
  const project = emptyProject(files);
  await project.run("npm", [
    "install",
    "--no-audit",
    "--no-fund",
    ...names.map((name) => packed.get(name) ?? name),
    ...others,
  ]);
  return project;
}
