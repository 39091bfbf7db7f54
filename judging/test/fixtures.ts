import { readFileSync } from "node:fs";

/** A file that PyTorch's script wrote, see conformance's fixtures/README.md. */
export function fixture(name: string): unknown {
  const url = new URL(`../../packages/conformance/fixtures/pytorch/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8"));
}
