import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { bytesAsText } from "./bytes-as-text.mjs";

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

const name = "kernels-text.ts";
const committed = new URL(`../src/generated/${name}`, import.meta.url);

/**
 * The kernels as a module, so that no file has to be found or fetched at run time. It is committed, and compiled again
 * only when assembly/, the compiler or its flags have changed.
 *
 * @param {{ anew?: boolean }} [options] anew: compile whatever has changed
 */
export async function generate({ anew = false } = {}) {
  const made = `/** assembly/ as WebAssembly, of the sources and the compiler with this hash: ${hashOfSources()} */\n`;
  const present = existsSync(committed) ? readFileSync(committed, "utf8") : "";
  if (present.startsWith(made) && !anew) return [[name, present]];
  if (!anew) console.log("backend-wasm: compiling assembly/, which has changed");
  return [[name, `${made}export const kernelsText =\n  "${bytesAsText(await compiled())}";\n`]];
}

function hashOfSources() {
  const { version } = createRequire(import.meta.url)("assemblyscript/package.json");
  const hash = createHash("sha256").update([version, ...flags].join("\n"));
  const assembly = new URL("../assembly/", import.meta.url);
  const files = readdirSync(assembly, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  for (const file of files.filter((file) => file.endsWith(".ts")).sort()) {
    hash.update(`\n${file}\n${readFileSync(new URL(file, assembly), "utf8").replaceAll("\r\n", "\n")}`);
  }
  return hash.digest("hex");
}

/** @returns {Promise<Buffer>} */
async function compiled() {
  const { main } = await import("assemblyscript/asc");
  /** @type {Uint8Array | undefined} */
  let module;
  const places = [
    "assembly/index.ts",
    "--outFile=kernels.wasm",
    `--baseDir=${fileURLToPath(new URL("../", import.meta.url))}`,
  ];
  const { error, stderr } = await main([...places, ...flags], {
    writeFile: (/** @type {string} */ _, /** @type {Uint8Array} */ contents) => {
      module = contents;
    },
  });
  if (error !== null || module === undefined) throw new Error(`assembly/: ${error?.message}\n${stderr}`);
  return Buffer.from(module);
}
