import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Judged, programs } from "../programs.js";
import { type Packed, type Project, pack, projectWith } from "../project.js";
import { whole } from "../whole.js";

const names = ["@batchnorm/backend-cpu", "@batchnorm/backend-wasm", "@batchnorm/conformance", "@batchnorm/layers"];

describe.runIf(whole)("the packed packages", () => {
  let packing: { packed: Packed; remove(): void };
  let project: Project;
  let node: Record<"cpu" | "wasm", Judged>;

  beforeAll(async () => {
    packing = await pack();
    project = await projectWith(packing.packed, names, { files: programs("judge.mjs", "command.mjs") });
    node = JSON.parse(await project.run(process.execPath, ["command.mjs"]));
  });
  afterAll(() => {
    project.remove();
    packing.remove();
  });

  describe("Node", () => {
    it.each(["cpu", "wasm"] as const)("judges the %s backend right", (name) => {
      expect(node[name]).toMatchObject({ failures: [], passed: expect.any(Number), threads: name === "wasm" ? 2 : 1 });
      expect(node[name].passed).toBeGreaterThan(500);
    });
  });
});
