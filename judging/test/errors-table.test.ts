import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readmeWithErrors } from "../bounds/errors-table.mjs";

it("the README of backend-tfjs shows the committed bounds; npm run bounds -- --write puts them there", () => {
  const readme = readFileSync(new URL("../../packages/backend-tfjs/README.md", import.meta.url), "utf8");
  expect(readmeWithErrors()).toBe(readme);
});
