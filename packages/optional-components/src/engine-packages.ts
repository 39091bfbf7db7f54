import { join } from "node:path";
import { userCache } from "./user-cache.js";

/** A JavaScript engine that npm has as a package. */
export interface EnginePackage {
  /** of the component */
  readonly name: string;
  readonly npm: string;
  /** The version that is installed; any other of the same major version that is found on PATH is used as well. */
  readonly version: string;
  /** The variable that says where it is. */
  readonly variable: string;
  /** Its executable in the package. */
  readonly file: string;
  /** How much comes over the network. */
  readonly download: string;
}

export const enginePackages: readonly EnginePackage[] = [
  {
    name: "node-22",
    npm: "node",
    version: "22.23.3",
    variable: "BATCHNORM_NODE_22",
    file: "bin/node",
    download: "52 MB",
  },
  {
    name: "node-24",
    npm: "node",
    version: "24.9.0",
    variable: "BATCHNORM_NODE_24",
    file: "bin/node",
    download: "53 MB",
  },
  {
    name: "bun",
    npm: "bun",
    version: "1.4.5",
    variable: "BATCHNORM_BUN",
    file: "bin/bun.exe", // so it is called on every system
    download: "52 MB",
  },
  {
    name: "deno",
    npm: "deno",
    version: "2.9.6",
    variable: "BATCHNORM_DENO",
    file: "deno",
    download: "42 MB",
  },
];

/** Where an engine is kept. */
export function engineFolder(
  { npm, version }: EnginePackage,
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): string {
  return join(userCache(env, platform), "batchnorm", `${npm}-${version}`);
}

/** The executable of an engine that npm has installed into a folder. */
export function engineIn(folder: string, { npm, file }: EnginePackage, platform: string): string {
  const executable = platform === "win32" && !file.endsWith(".exe") ? `${file}.exe` : file;
  return join(folder, "node_modules", npm, executable);
}
