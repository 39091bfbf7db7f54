import { engines } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Judged, programs, quickStart, thief } from "../programs.js";
import { type Packed, type Project, pack, projectWith } from "../project.js";
import { record } from "../table/results.mjs";

const names = ["cpu", "wasm"] as const;
const packages = ["batchnorm", "@batchnorm/backend-cpu", "@batchnorm/backend-wasm", "@batchnorm/conformance"];

/** An engine that takes commands. */
interface Engine {
  readonly path: string;
  readonly version: string;
}

/** How engines are told to run a file, the first with no permission to do anything else. */
const ways: Readonly<Record<string, { run: readonly string[]; runCommand: readonly string[] }>> = {
  Deno: { run: ["run", "--no-prompt"], runCommand: ["run", "--allow-all"] },
};

let packing: { packed: Packed; remove(): void };
let project: Project;
let ofNode: Promise<Record<"cpu" | "wasm", Judged>>;

/** What the engine that runs the tests finds is what all others have to find. */
const node: Engine = { path: process.execPath, version: process.versions.node };

function judge({ path }: Engine, flags: readonly string[] = []): typeof ofNode {
  return project.run(path, [...flags, "command.mjs"]).then(JSON.parse);
}

beforeAll(async () => {
  if (!whole) return;
  packing = await pack();
  const files = {
    ...programs("judge.mjs", "command.mjs", "lost-thread.mjs"),
    ...thief(),
    "quick-start.mjs": quickStart(),
  };
  project = await projectWith(packing.packed, [...packages, "@batchnorm/layers"], { files });
  ofNode = judge(node);
});
afterAll(() => {
  project?.remove();
  packing?.remove();
});

function tests(title: string, use: () => Engine): void {
  const { run, runCommand } = ways[title] ?? { run: [], runCommand: [] };

  it("has all checks of the suite pass, and the bits of Node", async () => {
    const engine = use();
    const expected = await ofNode;
    const found = engine === node ? expected : await judge(engine, run);
    const environment = `${title} ${Number.parseInt(engine.version, 10)}`;
    const results = names.map((backend) => {
      const { failures, digest, passed, threads } = found[backend];
      expect(failures).toEqual([]);
      expect(passed).toBeGreaterThan(500);
      expect(threads).toBe(backend === "wasm" ? 2 : 1);
      expect({ digest, passed }).toEqual({ digest: expected[backend].digest, passed: expected[backend].passed });
      return { environment, version: engine.version, backend, outcome: "passed", threads, passed, digest };
    });
    record(results);
  });

  it("runs the quick start on the wasm backend, and ends", async () => {
    const printed = await project.run(use().path, [...run, "quick-start.mjs"]);
    expect(printed).toMatch(/^wasm computes in float32 on \d+ thread/);
    expect(printed).toContain("Float32Array(96)");
  });

  it("runs the command line", async () => {
    const bin = "node_modules/batchnorm/dist/bin.js";
    const printed = await project.run(use().path, [
      ...runCommand,
      bin,
      "check",
      "--backend",
      "cpu",
      "--backend",
      "wasm",
    ]);
    expect(printed).toMatch(/^cpu +float32 .* agrees$/m);
    expect(printed).toMatch(/^wasm +float32 .* agrees$/m);
  });

  it("is told when a helper thread is lost, with nothing changed, and can go on", async () => {
    expect(JSON.parse(await project.run(use().path, [...run, "lost-thread.mjs"]))).toEqual({
      code: "ERR_THREAD",
      unharmed: true,
      threads: 1,
      again: { threads: 3, sameResults: true },
    });
  });
}

describe.runIf(whole)("Node", () => tests("Node", () => node));

const titles: Readonly<Record<string, string>> = { "node-22": "Node", "node-24": "Node", bun: "Bun", deno: "Deno" };

for (const engine of whole ? engines : []) {
  await describeWith(engine, engine.name, (use) => {
    tests(titles[engine.name] ?? engine.name, () => {
      const { path = "", version } = use();
      return { path, version };
    });
  });
}
