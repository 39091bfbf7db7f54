// Makes the float64 instance of the kernels: a copy of their source (see src/kernels.ts for why).
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const from = fileURLToPath(new URL("../src/kernels", import.meta.url));
const to = fileURLToPath(new URL("../src/generated/float64-kernels", import.meta.url));

rmSync(to, { recursive: true, force: true });
cpSync(from, to, { recursive: true });
