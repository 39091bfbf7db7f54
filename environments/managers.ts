import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../scripts/repository.mjs";
import { emptyProject, type Project } from "./project.js";
import type { Registry } from "./registry.js";

const versions = { yarn: "@yarnpkg/cli-dist@4.18.1", bun: "bun@1.4.5" };

export const managerNames = ["npm", "pnpm", "yarn", "bun"] as const;
export type ManagerName = (typeof managerNames)[number];

/** Package managers at hand. */
export interface Managers {
  /** A project, with caches of its own, into which one has installed a package or the packed file of it. */
  projectBy(name: ManagerName, wanted: string, files: Readonly<Record<string, string>>): Promise<Project>;
  /** Runs a file of such a project in Node. */
  runFile(name: ManagerName, project: Project, file: string): Promise<string>;
  remove(): void;
}

/** npm as it is here, pnpm as the repository has it, the others from the registry. */
export async function managers(registry: Registry): Promise<Managers> {
  const tools = emptyProject();
  await tools.run("npm", ["install", "--no-audit", "--no-fund", ...Object.values(versions)]);
  const bin = (name: string) => join(tools.folder, "node_modules", name);
  const commands: Record<ManagerName, readonly [string, ...string[]]> = {
    npm: ["npm", "install", "--no-audit", "--no-fund"],
    pnpm: [join(repositoryRoot, "node_modules/.bin/pnpm"), "add"],
    yarn: [process.execPath, bin("@yarnpkg/cli-dist/bin/yarn.js"), "add"],
    bun: [bin(".bin/bun"), "add"],
  };
  const settings = {
    ".npmrc": registry.npmrc,
    ".yarnrc.yml": JSON.stringify({
      npmRegistryServer: registry.address,
      unsafeHttpWhitelist: ["127.0.0.1"],
      enableTelemetry: false,
      npmMinimalAgeGate: 0, // it would wait for days before it takes what has just been published
    }),
  };
  return {
    async projectBy(name, wanted, files) {
      const project = emptyProject({ ...settings, ...files, ...(name === "yarn" ? { "yarn.lock": "" } : {}) });
      const [file, ...args] = commands[name];
      await project.run(file, [...args, wanted], { HOME: homeOf(project) });
      return project;
    },
    runFile: (name, project, file) =>
      name === "yarn"
        ? project.run(process.execPath, [commands.yarn[1] ?? "", "node", file], { HOME: homeOf(project) })
        : project.run(process.execPath, [file]),
    remove: () => tools.remove(),
  };
}

/** Caches of one registry must not serve another, which has other packages of the same name and version. */
function homeOf(project: Project): string {
  const home = join(project.folder, "home");
  mkdirSync(home, { recursive: true });
  return home;
}
