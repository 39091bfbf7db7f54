/**
 * The literal cases of other projects' test suites, from a folder beside the project that BATCHNORM_EXTERNAL_VECTORS
 * names: they are those projects' data, and none of them is copied here.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { boundsOf, type ExternalFile, type ExternalShapes, externalChecks } from "@batchnorm/conformance";
import { conformance } from "@batchnorm/conformance/vitest";
import { describe, expect, it } from "vitest";

/** How many cases, or shapes, each file holds: a new file, or a new case, is to be looked at. */
const known: Readonly<Record<string, number>> = {
  "burn.json": 6,
  "candle.json": 2,
  "misc_literals.json": 20,
  "mlx.json": 3,
  "onednn_shapes.json": 158,
  "onnx_node.json": 8,
  "onnx_pytorch_converted.json": 5,
  "pytorch_literals.json": 7,
  "tfjs_core.json": 21,
  "tfjs_layers.json": 17,
  "webnn_baseline.json": 10,
};

const folder = process.env.BATCHNORM_EXTERNAL_VECTORS || undefined;
const present = folder !== undefined && existsSync(folder);

if (!present) {
  const reason = folder === undefined ? "" : `there is no folder ${folder}; `;
  console.warn(
    `external vectors absent: ${reason}set BATCHNORM_EXTERNAL_VECTORS to the absolute path of the folder with ${Object.keys(known)[0]} and the others`,
  );
}

describe.skipIf(!present)("values that other projects publish", () => {
  const names = present
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .sort()
    : [];
  const files = names.map(
    (name) => JSON.parse(readFileSync(join(folder ?? "", name), "utf8")) as ExternalFile | ExternalShapes,
  );

  it("come from files that are known", () => {
    const counts = files.map((file, i) => [names[i], "shapes" in file ? file.shapes.length : file.cases.length]);
    expect(Object.fromEntries(counts)).toEqual(known);
  });

  it.each(files.map((file, i) => [names[i], file] as const))(
    "of %s are checks, each under a name of its own",
    (_, file) => {
      const rows = "shapes" in file ? file.shapes : file.cases;
      const checks = externalChecks([file]);
      expect(new Set(checks.map(({ name }) => name)).size).toBe(rows.length);
      expect(new Set(checks.map(({ name, dtype }) => `${name} ${dtype}`)).size).toBe(checks.length);
    },
  );

  const checks = externalChecks(files);
  if (present) conformance("the cpu backend", createCpuBackend, { bounds: boundsOf("cpu"), checks });
});
