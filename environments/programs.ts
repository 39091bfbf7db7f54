import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { digitsBase64 } from "../apps/cli/src/generated/digits.js";
import { words } from "../packages/backend-wasm/test/helpers/shared-words.js";
import { source } from "../packages/backend-wasm/test/helpers/thief.js";
import { firstExample, repositoryRoot } from "./published.js";

const read = (name: string) => readFileSync(new URL(`programs/${name}`, import.meta.url), "utf8");

/** What a program prints of a backend. */
export interface Judged {
  readonly threads: number;
  readonly whyOneThread?: string;
  readonly passed: number;
  readonly failures: readonly string[];
  /** of the bits of its results */
  readonly digest: string;
}

const pictures = 64 * 28 * 28;

/** The programs that run in every engine, and the digits that they need, as files of a project. */
export function programs(...names: readonly string[]): Record<string, string> {
  const pixels = inflateSync(Buffer.from(digitsBase64, "base64")).subarray(0, pictures).toString("base64");
  const digits = `export const digits = Uint8Array.from(atob("${pixels}"), (byte) => byte.charCodeAt(0));\n`;
  return { "digits.mjs": digits, ...Object.fromEntries(names.map((name) => [name, read(name)])) };
}

/** What takes a part of an operation from the helper threads of the wasm backend, as a file of a project. */
export function thief(): Record<string, string> {
  return {
    "thief.mjs": `export const source = ${JSON.stringify(source)};\nexport const words = ${JSON.stringify(words)};\n`,
  };
}

/** The first example in the README of the package `batchnorm`, which is as well JavaScript. */
export const quickStart = () => firstExample(join(repositoryRoot, "packages/batchnorm")).code;

/** What an application does that was begun by that README; it logs all that it says as one JSON. */
export const application = () => `import { tell } from "./overheard.mjs";\n${quickStart()}\ntell();\n`;
