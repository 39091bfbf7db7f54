import { createRequire } from "node:module";

/** The version of batchnorm: all published packages have the same, and these benchmarks none. */
export function ownVersion(): string {
  return (createRequire(import.meta.url)("@batchnorm/cli/package.json") as { version: string }).version;
}
