// Part of npm run tables: prints what a backend with the layers weighs, and `batchnorm`, minified and gzipped. With --check
// it fails where a README is off by more than 1 KB.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const root = new URL("../../", import.meta.url);
const tolerated = 1;

/** What is weighed, and where a README says how much that is. */
const weighed = [
  ...["backend-wasm", "backend-cpu", "backend-tfjs"].map((name) => ({
    packages: [name, "layers"],
    readme: "README.md",
    pattern: new RegExp(`^\\| \\[\`${name}\`\\].* (\\d+) KB \\|`, "m"),
  })),
  { packages: ["batchnorm"], readme: "packages/batchnorm/README.md", pattern: /(\d+) KB, minified and gzipped/ },
];

for (const { packages, readme, pattern } of weighed) {
  const kilobytes = Math.round((await bytesOf(packages)) / 1000);
  const written = Number(pattern.exec(readFileSync(new URL(readme, root), "utf8"))?.[1]);
  const what = packages.join(" with ");
  console.log(`${what}: ${kilobytes} KB`);
  if (process.argv.includes("--check") && !(Math.abs(written - kilobytes) <= tolerated)) {
    console.error(`${readme} says ${written} KB of ${what}, which weighs ${kilobytes} KB`);
    process.exitCode = 1;
  }
}

/** @param {readonly string[]} packages */
async function bytesOf(packages) {
  const entry = "entry";
  const paths = packages.map((one) => {
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
