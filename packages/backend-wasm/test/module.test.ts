import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const script = new URL("../scripts/generate.mjs", import.meta.url);
const committed = new URL("../src/generated/kernels-base64.ts", import.meta.url);

it.runIf(process.env.BATCHNORM_TESTS === "all")("the committed module is what assembly/ compiles to", async () => {
  const { generate } = await import(script.href);
  expect(await generate({ anew: true })).toEqual([["kernels-base64.ts", readFileSync(committed, "utf8")]]);
});
