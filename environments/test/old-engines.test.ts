import { whole } from "@batchnorm/testing/whole";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programs } from "../programs.js";
import { type Packed, type Project, pack, projectWith } from "../project.js";

/** What `programs/old-engine.mjs` answers. */
interface Answer {
  readonly choice: { readonly name: string; readonly why: string };
  readonly values: readonly (readonly number[])[];
}

describe.runIf(whole)("engines without what is new", () => {
  let packing: { packed: Packed; remove(): void };
  let project: Project;

  beforeAll(async () => {
    packing = await pack();
    project = await projectWith(packing.packed, ["batchnorm"], { files: programs("old-engine.mjs") });
  });
  afterAll(() => {
    project.remove();
    packing.remove();
  });

  const trained = async (...flags: readonly string[]): Promise<Answer> =>
    JSON.parse(await project.run(process.execPath, [...flags, "old-engine.mjs"]));

  it("need neither BigInt64Array nor Symbol.dispose", async () => {
    expect(await trained()).toMatchObject({ choice: { why: "wasm computes in float32 on 2 threads" } });
  });

  it("compute without WebAssembly in plain TypeScript, and say why", async () => {
    const why = expect.stringContaining("wasm was passed over: the wasm backend needs WebAssembly");
    expect(await trained("--jitless")).toMatchObject({ choice: { name: "cpu", why } });
  });

  it("compute without SIMD in plain TypeScript, and say why", async () => {
    const withoutSimd = await trained("--no-enable-sse4-1"); // V8 has wasm's SIMD only on processors that have SSE4.1
    const why = /^cpu computes in float32 on 1 thread; wasm was passed over: .* needs WebAssembly with 128-bit SIMD/;
    expect(withoutSimd.choice).toMatchObject({ name: "cpu", why: expect.stringMatching(why) });
    expect(withoutSimd.values.flat()).toHaveLength(16);
  });

  it("list what runs without SIMD on the command line, and what does not", async () => {
    const bin = "node_modules/batchnorm/dist/bin.js";
    const printed = await project.run(process.execPath, ["--no-enable-sse4-1", bin, "backends"]);
    expect(printed).toMatch(/^cpu .*float64/m);
    expect(printed).toMatch(/^wasm +absent/m);
  });
});
