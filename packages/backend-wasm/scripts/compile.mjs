// Compiles assembly/ to WebAssembly and writes it as a module, so that no file has to be found or fetched at run time.
import { mkdir, writeFile } from "node:fs/promises";
import { main } from "assemblyscript/asc";

const flags = [
  "--optimizeLevel=3",
  "--shrinkLevel=0",
  "--converge",
  "--noAssert",
  "--runtime=stub",
  "--enable=simd,threads",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=16",
  "--maximumMemory=65536",
  "--use=abort=",
];

const files = new Map();
const { error, stderr } = await main(["assembly/index.ts", "--outFile=kernels.wasm", ...flags], {
  writeFile: (name, contents) => files.set(name, contents),
});
if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);

const base64 = Buffer.from(files.get("kernels.wasm")).toString("base64");
await mkdir("src/generated", { recursive: true });
await writeFile(
  "src/generated/kernels-base64.ts",
  `/** assembly/ as scripts/compile.mjs made it: a module of WebAssembly. */\nexport const kernelsBase64 =\n  "${base64}";\n`,
);
