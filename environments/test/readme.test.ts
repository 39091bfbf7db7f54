import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { whole } from "@batchnorm/testing/whole";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quickStart } from "../programs.js";
import { type Packed, type Project, pack, projectWith } from "../project.js";
import { firstExample, published, repositoryRoot, resolutions, strictProgram } from "../published.js";

/** As the README of batchnorm says. */
const oldestTypeScript = "5.2";

const readmes = [{ name: "the root README", directory: repositoryRoot }, ...published];

describe.runIf(whole)("READMEs", () => {
  let packing: { packed: Packed; remove(): void };
  beforeAll(async () => {
    packing = await pack();
  });
  afterAll(() => packing.remove());

  it.each(readmes)("the first example runs as it stands: $name", async ({ directory }) => {
    const { install, language, code } = firstExample(directory);
    const project = await projectWith(packing.packed, install, { files: { "example.js": code } });
    try {
      const shell = language === "sh" ? "sh" : process.execPath;
      const printed = await project.run(shell, [...(language === "sh" ? ["-e"] : []), "example.js"]);
      expect(printed).not.toBe("");
    } finally {
      project.remove();
    }
  });

  describe("that of batchnorm", () => {
    let project: Project;
    beforeAll(async () => {
      const others = [`typescript@~${oldestTypeScript}.0`];
      const files = { "program.cjs": 'require("batchnorm").createBackend().then(({ name }) => console.log(name));' };
      project = await projectWith(packing.packed, ["batchnorm"], { files, others });
    });
    afterAll(() => project.remove());

    it.each(["node", "bundler"] as const)(
      `has types for TypeScript ${oldestTypeScript}, where modules are resolved as by %s`,
      async (name) => {
        for (const [file, text] of Object.entries(strictProgram({ "example.ts": quickStart() }, resolutions[name]))) {
          writeFileSync(join(project.folder, file), text);
        }
        await project.run(process.execPath, ["node_modules/typescript/bin/tsc"]);
      },
    );

    it("is right that CommonJS can require it", async () => {
      expect(await project.run(process.execPath, ["program.cjs"])).toBe("wasm\n");
    });
  });
});
