import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { components, tfjsNode } from "../src/index.js";
import { tfjsNodeFolders } from "../src/tfjs-node-folders.js";
import { temporaryDirectory } from "./executable.js";

/** A package as @tensorflow/tfjs-node is laid out, without an addon. It tells the version that is written in its library. */
function fakePackage(): string {
  const folder = join(temporaryDirectory(), "node_modules", "@tensorflow", "tfjs-node");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "@tensorflow/tfjs-node", "main": "index.js" }');
  writeFileSync(
    join(folder, "index.js"),
    `const TF_Version = require("fs").readFileSync(__dirname + "/deps/lib/libtensorflow.so", "utf8");
exports.backend = () => ({ binding: { TF_Version } });`,
  );
  return folder;
}

/** Puts an addon and a library where an installation has them. */
function withAddon(folder: string, version: string): string {
  for (const name of ["deps/lib", "lib/napi-v8"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "lib/napi-v8/tfjs_binding.node"), "");
  if (version !== "") writeFileSync(join(folder, "deps/lib/libtensorflow.so"), version);
  return folder;
}

describe("finding TensorFlow.js for Node", () => {
  it("tells the version of the TensorFlow that it loads, and the package's folder", async () => {
    const path = withAddon(fakePackage(), "2.15.1");
    vi.stubEnv("BATCHNORM_TFJS_NODE", path);
    expect(await tfjsNode.probe()).toEqual({ present: true, version: "2.15.1", path });
  });

  it("is absent, and names the command, where the addon is missing", async () => {
    const path = fakePackage();
    vi.stubEnv("BATCHNORM_TFJS_NODE", path);
    expect(await tfjsNode.probe()).toEqual({
      present: false,
      reason: `${path} does not load TensorFlow (its addon is missing)`,
      remedy: "run `npm run setup -- tfjs-node` (207 MB)",
    });
  });

  it("is absent, and says why, where the addon does not load", async () => {
    const path = withAddon(fakePackage(), "");
    vi.stubEnv("BATCHNORM_TFJS_NODE", path);
    expect(await tfjsNode.probe()).toMatchObject({
      present: false,
      reason: expect.stringMatching(/does not load TensorFlow \(exit code 1: Error: ENOENT.*libtensorflow\.so'\)$/),
      remedy: expect.stringContaining("npm run setup -- tfjs-node"),
    });
  });

  it("is absent, and names the variable, where BATCHNORM_TFJS_NODE names no package", async () => {
    vi.stubEnv("BATCHNORM_TFJS_NODE", "/nowhere/tfjs-node");
    expect(await tfjsNode.probe()).toEqual({
      present: false,
      reason: "BATCHNORM_TFJS_NODE is /nowhere/tfjs-node, where there is no package",
      remedy: "set it to the folder of @tensorflow/tfjs-node, or unset it",
    });
  });

  it("looks from its own place and from the current folder", () => {
    const folder = fakePackage();
    expect(tfjsNodeFolders({}, dirname(dirname(dirname(folder))))).toContain(folder);
    expect(tfjsNodeFolders({}, "/").at(0)).toMatch(/@tensorflow\/tfjs-node$/);
    expect(tfjsNodeFolders({ BATCHNORM_TFJS_NODE: folder }, "/")).toEqual([folder]);
  });

  it("is among the known components", () => {
    expect(components()).toContain(tfjsNode);
  });
});
