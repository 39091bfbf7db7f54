// Part of npm run tables: prints what a backend with the layers weighs, minified and gzipped. With --check it fails where
// README.md is off by more than 2 KB.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const root = new URL("../../", import.meta.url);
const readme = readFileSync(new URL("README.md", root), "utf8");
const tolerated = 2;

for (const name of ["backend-wasm", "backend-cpu", "backend-tfjs"]) {
  const kilobytes = Math.round((await bytesOf(name)) / 1000);
  const written = Number(new RegExp(`^\\| \\[\`${name}\`\\].* (\\d+) KB \\|`, "m").exec(readme)?.[1]);
  console.log(`${name} with layers: ${kilobytes} KB`);
  if (process.argv.includes("--check") && !(Math.abs(written - kilobytes) <= tolerated)) {
    console.error(`README.md says ${written} KB of ${name}, which weighs ${kilobytes} KB with the layers`);
    process.exitCode = 1;
  }
}

/** @param {string} name */
async function bytesOf(name) {
  const entry = "entry";
  const paths = [name, "layers"].map((one) => {
    const folder = new URL(`packages/${one}/`, root);
    const { exports } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
    return fileURLToPath(new URL(exports["."].default, folder));
  });
  const bundle = await rolldown({
    input: entry,
    platform: "browser",
    external: [/^@tensorflow\//],
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? paths.map((path) => `export * from ${JSON.stringify(path)};`).join("\n") : null),
      },
    ],
  });
  try {
    const { output } = await bundle.generate({ format: "esm", minify: true, codeSplitting: false });
    return gzipSync(output[0].code).length;
  } finally {
    await bundle.close();
  }
}
