/** The literal cases of other projects' test suites, asked of the backends that are not TensorFlow.js's. */
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { createWasmBackend } from "@batchnorm/backend-wasm";
import { boundsOf } from "@batchnorm/conformance";
import { externalChecks, publishedChecks, publishedFiles } from "@batchnorm/conformance/published";
import { conformance } from "@batchnorm/conformance/vitest";
import { whole } from "@batchnorm/testing/whole";
import { describe, expect, it } from "vitest";

const files = Object.entries(await publishedFiles());
const all = await publishedChecks();
const checks = whole ? all : all.filter(({ large }) => !large);

describe("values that other projects publish", () => {
  it.each(files)("of %s are checks, each under a name of its own", (_, file) => {
    const rows = "shapes" in file ? file.shapes : file.cases;
    const own = externalChecks([file]);
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(own.map(({ name }) => name)).size).toBe(rows.length);
    expect(new Set(own.map(({ name, dtype }) => `${name} ${dtype}`)).size).toBe(own.length);
  });

  it.each(files)("of %s have a source and a licence", (_, { source }) => {
    expect(JSON.stringify(source)).toMatch(/MIT|Apache-2\.0|BSD/);
  });

  conformance("the cpu backend", createCpuBackend, { bounds: boundsOf("cpu"), checks });
  conformance("the wasm backend", () => createWasmBackend(), { bounds: boundsOf("wasm"), checks });
});
