import { describe, expect, it } from "vitest";
import { checkLayers } from "../layers.mjs";
import { directoryWith } from "./directories.js";

const table = `# Contributing

## Packages

| package | may import | its tests also | third-party at run time |
|-|-|-|-|
| \`core\` | | | none |
| \`cpu\` | \`core\` | | none |
| \`layers\` | \`core\` | \`cpu\` | allowed |

## Conventions

| \`unrelated\` | table |
`;

/** A repository that keeps to its table, but for the files given. */
function problemsWith(files: Record<string, string | object>) {
  const root = directoryWith({
    "CONTRIBUTING.md": table,
    "package.json": { name: "root", devDependencies: { vitest: "*" } },
    "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
    "packages/core/package.json": { name: "@batchnorm/core" },
    "packages/cpu/package.json": { name: "@batchnorm/cpu", dependencies: { "@batchnorm/core": "workspace:^" } },
    "packages/layers/package.json": {
      name: "@batchnorm/layers",
      dependencies: { "@batchnorm/core": "workspace:^", tinybench: "^6" },
      devDependencies: { "@batchnorm/cpu": "workspace:^" },
    },
    "packages/layers/src/index.ts": 'import { view } from "@batchnorm/core";\nimport { readFileSync } from "fs";\n',
    "packages/layers/test/a.test.ts":
      'import "@batchnorm/cpu";\nimport { it } from "vitest";\nimport "../src/index.js";\n',
    ...files,
  });
  return checkLayers(root);
}

describe("the arrows between packages", () => {
  it("are fine where they are those of the table", () => {
    expect(problemsWith({})).toEqual([]);
  });

  it("must not point to a row below, not even for tests", () => {
    const manifest = { name: "@batchnorm/core", devDependencies: { "@batchnorm/layers": "workspace:^" } };
    expect(problemsWith({ "packages/core/package.json": manifest })).toEqual([
      "@batchnorm/core: must not depend on @batchnorm/layers; it may import no other package",
    ]);
  });

  it("of tests only must not become arrows of the source", () => {
    const manifest = { name: "@batchnorm/layers", dependencies: { "@batchnorm/core": "*", "@batchnorm/cpu": "*" } };
    expect(problemsWith({ "packages/layers/package.json": manifest })).toEqual([
      "@batchnorm/layers: must not depend on @batchnorm/cpu; it may import @batchnorm/core",
    ]);
    expect(problemsWith({ "packages/layers/src/fast.ts": 'export { cpu } from "@batchnorm/cpu";\n' })).toEqual([
      "@batchnorm/layers: src/fast.ts imports @batchnorm/cpu, which is not among its dependencies",
    ]);
  });

  it("must not lead to third parties where the table says none", () => {
    const manifest = { name: "@batchnorm/core", dependencies: { lodash: "^4" } };
    expect(problemsWith({ "packages/core/package.json": manifest })).toEqual([
      "@batchnorm/core: must have no third-party dependency, but has lodash",
    ]);
  });

  it("lead to the package with the project's own name like to any other", () => {
    const manifest = { name: "@batchnorm/core", dependencies: { batchnorm: "workspace:^" } };
    expect(problemsWith({ "packages/core/package.json": manifest })).toEqual([
      "@batchnorm/core: must not depend on batchnorm; it may import no other package",
    ]);
  });

  it("must go through package names", () => {
    const source = 'const core = await import("../../core/src/index.js");\n';
    expect(problemsWith({ "packages/layers/src/late.ts": source })).toEqual([
      "@batchnorm/layers: src/late.ts imports ../../core/src/index.js, outside its package; import the other package by its name",
    ]);
  });

  it("are found in imports of types, and not in comments", () => {
    const source = '// import "left-pad";\nimport type { Pad } from "left-pad/types";\nexport type P = Pad;\n';
    expect(problemsWith({ "packages/cpu/src/pad.ts": source })).toEqual([
      "@batchnorm/cpu: src/pad.ts imports left-pad, which is not among its dependencies",
    ]);
  });
});

describe("the table", () => {
  it("must have every package, and no other", () => {
    const problems = problemsWith({ "CONTRIBUTING.md": table.replace("`cpu` | `core`", "`gpu` | `core`") });
    expect(problems).toContain("@batchnorm/cpu: is not in the table of packages in CONTRIBUTING.md");
    expect(problems).toContain("CONTRIBUTING.md: the table has @batchnorm/gpu, which is no package");
  });

  it("must not itself have an arrow that points down", () => {
    const problems = problemsWith({ "CONTRIBUTING.md": table.replace("| `core` | |", "| `core` | `layers` |") });
    expect(problems).toEqual(["CONTRIBUTING.md: @batchnorm/core names @batchnorm/layers, which is in no row above it"]);
  });

  it("must be there", () => {
    expect(() => problemsWith({ "CONTRIBUTING.md": "# Contributing\n" })).toThrow(/no table of packages/);
  });
});
