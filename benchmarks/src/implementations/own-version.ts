import { createRequire } from "node:module";

/** The version of this package, and of our backends: all packages of the project have the same. */
export function ownVersion(): string {
  return (createRequire(import.meta.url)("../../package.json") as { version: string }).version;
}
