import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundlers, sourcePage } from "./bundlers.js";
import { programs } from "./programs.js";
import { type Project, projectWith } from "./project.js";
import { firstExample } from "./published.js";
import type { Readme, ReadmeProjects } from "./readme-projects.js";

/** Pages that Vite has built of first examples, without a configuration. They log all that an example logs as one JSON. */
export class ReadmePages {
  readonly #projects: ReadmeProjects;
  readonly #folders = new Map<string, Promise<string>>();
  #vite: Promise<Project> | null = null;

  constructor(projects: ReadmeProjects) {
    this.#projects = projects;
  }

  /** @returns the folder of its page, which is built once */
  of(readme: Readme): Promise<string> {
    const folder = this.#folders.get(readme.name) ?? this.#build(readme);
    this.#folders.set(readme.name, folder);
    return folder;
  }

  async remove(): Promise<void> {
    (await this.#vite)?.remove();
  }

  async #build(readme: Readme): Promise<string> {
    this.#vite ??= projectWith(new Map(), bundlers.find(({ name }) => name === "Vite")!.packages);
    const [vite, { folder }] = await Promise.all([this.#vite, this.#projects.of(readme)]);
    const root = join(folder, "page");
    mkdirSync(root);
    const files = {
      ...programs("overheard.mjs"),
      "example.js": `import { tell } from "./overheard.mjs";\n${firstExample(readme.directory).code}\ntell();\n`,
      "index.html": sourcePage("example.js"),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    await vite.run(process.execPath, ["node_modules/vite/bin/vite.js", "build", root]);
    return join(root, "dist");
  }
}
