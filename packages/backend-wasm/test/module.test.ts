import { readFileSync } from "node:fs";
import { whole } from "@batchnorm/testing/whole";
import { expect, it } from "vitest";
import { bytesFromText } from "../src/bytes-from-text.js";

const script = (name: string) => new URL(`../scripts/${name}`, import.meta.url).href;
const committed = new URL("../src/generated/kernels-text.ts", import.meta.url);

it.runIf(whole)("the committed module is what assembly/ compiles to", async () => {
  const { generate } = await import(script("generate.mjs"));
  expect(await generate({ anew: true })).toEqual([["kernels-text.ts", readFileSync(committed, "utf8")]]);
});

it("bytes come back from their text, which stands in a string literal as it is", async () => {
  const { bytesAsText } = await import(script("bytes-as-text.mjs"));
  const bytes = Uint8Array.from({ length: 512 }, (_, i) => i);
  const text = bytesAsText(bytes);
  expect(text).toMatch(/^[ !#-[\]-~]+$/);
  expect(bytesFromText(text)).toEqual(bytes);
});
