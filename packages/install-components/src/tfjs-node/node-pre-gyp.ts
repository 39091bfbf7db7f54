import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

/** The program `node-pre-gyp` of a package that depends on it; undefined where it is not installed. */
export function nodePreGyp(folder: string): string | undefined {
  try {
    const manifest = createRequire(join(folder, "package.json")).resolve("@mapbox/node-pre-gyp/package.json");
    return join(dirname(manifest), "bin", "node-pre-gyp");
  } catch {
    return undefined;
  }
}

/** The environment in which scripts of a package find node-pre-gyp, this Node, and its headers where they are installed. */
export function buildEnvironment(folder: string): Record<string, string> {
  const program = nodePreGyp(folder);
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH"; // "Path" on Windows
  const path = [program === undefined ? "" : dirname(program), dirname(process.execPath), process.env[name] ?? ""];
  const prefix = dirname(dirname(process.execPath));
  const hasHeaders = existsSync(join(prefix, "include", "node", "node.h"));
  return {
    [name]: path.filter((part) => part !== "").join(delimiter),
    ...(hasHeaders ? { npm_config_nodedir: prefix } : {}),
  };
}
