// Asks every check of the suite about every mutant, and prints what came of it: `npm run mutants`.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const root = new URL("../../", import.meta.url);
const folder = mkdtempSync(fileURLToPath(new URL("../node_modules/.mutants-", import.meta.url)));
try {
  // the mutants are TypeScript, which Node 20 does not read
  const file = join(folder, "run-mutants.mjs");
  const bundle = await rolldown({
    input: fileURLToPath(new URL("run-mutants.ts", import.meta.url)),
    platform: "node",
    external: ["rolldown"],
  });
  await bundle.write({ file, format: "esm" });
  const { runMutants } = await import(pathToFileURL(file).href);
  process.exitCode = (await runMutants(root, process.argv.slice(2))) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
