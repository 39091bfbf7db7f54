import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, engines, firefox, type Present, webkit } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundledPage } from "../pages/bundled.js";
import { kindsIn } from "../pages/kinds.js";
import { serve } from "../pages/site.js";
import { visit } from "../pages/visit.js";
import { quickStart } from "../programs.js";
import type { Project } from "../project.js";
import { resolutions, strictProgram } from "../published.js";
import { ReadmePages } from "../readme-pages.js";
import { type Readme, ReadmeProjects, readmes } from "../readme-projects.js";
import { record } from "../table/results.mjs";

/** As the README of batchnorm says. */
const oldestTypeScript = "5.2";

/** They time, look at or set up the machine, which no page may. */
const forNoPage: readonly string[] = ["@batchnorm/cli", "@batchnorm/optional-components", "@batchnorm/timing"];
const tfjs = readmes.filter(({ name }) => name === "@batchnorm/backend-tfjs");
const programsInTs = readmes.filter(({ language }) => language === "ts");
const runInPages = programsInTs.filter(({ name }) => !forNoPage.includes(name));

const projects = new ReadmeProjects();
const pages = new ReadmePages(projects);
afterAll(async () => {
  await pages.remove();
  await projects.remove();
});

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

for (const component of whole ? [chromium, firefox, webkit] : []) {
  await describeWith(
    component,
    `the first example of a README in a page that Vite has built, in ${component.name}`,
    (use) => {
      describe.each(kindsIn(component))("$environment", ({ environment, browser, isolated }) => {
        it.each(environment === "Chromium, isolated page" ? runInPages : tfjs)("$name", async (readme) => {
          const { path = "", version } = use();
          const folder = await pages.of(readme);
          const opened = browser(path);
          const site = await serve(folder, { isolated, files: bundledPage(folder, opened) });
          try {
            expect(await visit(opened, site.address, ({ answer }) => answer())).not.toEqual([]);
            if (tfjs.includes(readme)) record([example(environment, version)]);
          } finally {
            await site.close();
          }
        });
      });
    },
  );
}

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
