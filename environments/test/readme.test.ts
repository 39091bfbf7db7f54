import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, engines, type Present } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlers, sourcePage } from "../bundlers.js";
import { chromium as inChromium } from "../pages/chromium.js";
import { serve } from "../pages/site.js";
import { visit } from "../pages/visit.js";
import { programs, quickStart } from "../programs.js";
import { type Project, projectWith } from "../project.js";
import { firstExample, resolutions, strictProgram } from "../published.js";
import { type Readme, ReadmeProjects, readmes } from "../readme-projects.js";
import { record } from "../table/results.mjs";

/** As the README of batchnorm says. */
const oldestTypeScript = "5.2";

/** They time, look at or set up the machine, which no page may. */
const forNoPage: readonly string[] = ["@batchnorm/cli", "@batchnorm/optional-components", "@batchnorm/timing"];
const tfjs = readmes.filter(({ name }) => name === "@batchnorm/backend-tfjs");
const programsInTs = readmes.filter(({ language }) => language === "ts");

const projects = new ReadmeProjects();
afterAll(() => projects.remove());

/** Runs the first example of a README in an engine that takes commands. */
async function runs(readme: Readme, title: string, { path, version }: Present, flags: readonly string[] = []) {
  const project = await projects.of(readme);
  const isScript = readme.language === "sh";
  const printed = await project.run(isScript ? "sh" : (path ?? ""), [...(isScript ? ["-e"] : flags), "example.js"]);
  expect(printed).not.toBe("");
  if (tfjs.includes(readme)) record([example(`${title} ${Number.parseInt(version, 10)}`, version)]);
}

const example = (environment: string, version: string) =>
  ({ environment, version, backend: "tfjs", outcome: "runs its first example" }) as const;

describe.runIf(whole)("the first example of a README, as it stands, in Node", () => {
  const node: Present = { present: true, path: process.execPath, version: process.versions.node };
  it.each(readmes)("$name", (readme) => runs(readme, "Node", node));
});

const inEngines: Readonly<Record<string, { title: string; flags: readonly string[]; run: readonly Readme[] }>> = {
  "node-22": { title: "Node", flags: [], run: tfjs },
  "node-24": { title: "Node", flags: [], run: tfjs },
  bun: { title: "Bun", flags: [], run: programsInTs },
  deno: { title: "Deno", flags: ["run", "--allow-all"], run: programsInTs },
};

for (const engine of whole ? engines : []) {
  const { title, flags, run } = inEngines[engine.name]!;
  await describeWith(engine, `the first example of a README, as it stands, in ${engine.name}`, (use) => {
    it.each(run)("$name", (readme) => runs(readme, title, use(), flags));
  });
}

await describeWith(chromium, "the first example of a README in a page that Vite has built", (use) => {
  describe.runIf(whole)("without a configuration", () => {
    let vite: Project;
    beforeAll(async () => {
      vite = await projectWith(new Map(), bundlers.find(({ name }) => name === "Vite")!.packages);
    });
    afterAll(() => vite.remove());

    it.each(programsInTs.filter(({ name }) => !forNoPage.includes(name)))("$name", async (readme) => {
      const project = await projects.of(readme);
      const root = join(project.folder, "page");
      mkdirSync(root);
      const files = {
        ...programs("overheard.mjs"),
        "example.js": `import { tell } from "./overheard.mjs";\n${firstExample(readme.directory).code}\ntell();\n`,
        "index.html": sourcePage("example.js"),
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
      await vite.run(process.execPath, ["node_modules/vite/bin/vite.js", "build", root]);
      for (const isolated of tfjs.includes(readme) ? [true, false] : [true]) {
        const site = await serve(join(root, "dist"), { isolated });
        try {
          const { path, version } = use();
          expect(await visit(inChromium(path as string), site.address, ({ answer }) => answer())).not.toEqual([]);
          const environment = isolated ? "Chromium, isolated page" : "Chromium, any page";
          if (tfjs.includes(readme)) record([example(environment, version)]);
        } finally {
          await site.close();
        }
      }
    });
  });
});

describe.runIf(whole)("the README of batchnorm", () => {
  let project: Project;
  beforeAll(async () => {
    project = await projects.of(readmes.find(({ name }) => name === "batchnorm")!);
    await project.run("npm", ["install", "--no-audit", "--no-fund", `typescript@~${oldestTypeScript}.0`]);
    const program = 'require("batchnorm").createBackend().then(({ name }) => console.log(name));';
    writeFileSync(join(project.folder, "program.cjs"), program);
  });

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
