import { readdirSync, readFileSync } from "node:fs";

const kernels = new URL("../src/kernels/", import.meta.url);

/** The float64 instance of the kernels: a copy of their source (see src/kernels.ts for why). */
export function generate() {
  return readdirSync(kernels).map((name) => [`float64-kernels/${name}`, readFileSync(new URL(name, kernels), "utf8")]);
}
