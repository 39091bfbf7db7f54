import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kernelsFor } from "../src/kernels.js";

describe("the kernels of float32 and float64", () => {
  it("are functions of their own, so that each is compiled for one kind of array only", () => {
    const float32 = kernelsFor("float32");
    const float64 = kernelsFor("float64");
    expect(Object.keys(float64)).toEqual(Object.keys(float32));
    expect(Object.keys(float32)).toContain("normalize");
    for (const [name, kernel] of Object.entries(float32)) {
      expect(float64[name as keyof typeof float64], name).not.toBe(kernel);
    }
  });

  it("come from one source: what is generated is up to date (scripts/generate.mjs makes it)", () => {
    expect(sources("../src/generated/float64-kernels/")).toEqual(sources("../src/kernels/"));
  });
});

function sources(folder: string): Record<string, string> {
  const url = new URL(folder, import.meta.url);
  return Object.fromEntries(readdirSync(url).map((name) => [name, readFileSync(new URL(name, url), "utf8")]));
}
