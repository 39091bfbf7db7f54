import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The version of this package; all packages of the project have the same. */
export function ownVersion(): string {
  return (require("../package.json") as { version: string }).version;
}
