import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { digitsBase64 } from "../apps/cli/src/generated/digits.js";

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
