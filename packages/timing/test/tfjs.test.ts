import { expect, it } from "vitest";
import { loadPeer, tfjsEngines } from "../src/tfjs/engines.js";

it("an optional peer that is not installed is absent, and named", async () => {
  const load = async () => {
    throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
  };
  expect(await loadPeer("@tensorflow/tfjs", load)).toEqual({
    present: false,
    reason: "@tensorflow/tfjs is not installed",
    remedy: "run `npm install @tensorflow/tfjs`",
  });
});

it("an optional peer that does not load is an error", async () => {
  const load = async () => {
    throw new SyntaxError("Unexpected token");
  };
  await expect(loadPeer("@tensorflow/tfjs", load)).rejects.toThrow("Unexpected token");
});

it("engines are there where their packages are", async () => {
  expect(await tfjsEngines.wasm.load()).toHaveProperty("setBackend");
});
