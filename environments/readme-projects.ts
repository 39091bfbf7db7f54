import { type Packed, type Project, pack, projectWith } from "./project.js";
import { firstExample, published, repositoryRoot } from "./published.js";

/** A README whose first example is run. */
export interface Readme {
  readonly name: string;
  readonly directory: string;
  /** what the example is written in */
  readonly language: "ts" | "sh";
}

export const readmes: readonly Readme[] = [{ name: "the root README", directory: repositoryRoot }, ...published].map(
  ({ name, directory }) => ({ name, directory, language: firstExample(directory).language }),
);

/** Projects in which a README's own line has installed what its first example needs. */
export class ReadmeProjects {
  #packing: Promise<Awaited<ReturnType<typeof pack>>> | null = null;
  readonly #projects = new Map<string, Promise<Project>>();

  /** Projects of one README are one, with `example.js` in it. */
  async of({ name, directory }: Readme): Promise<Project> {
    this.#packing ??= pack();
    const { packed } = await this.#packing;
    const project = this.#projects.get(name) ?? made(packed, directory);
    this.#projects.set(name, project);
    return project;
  }

  async remove(): Promise<void> {
    for (const project of this.#projects.values()) (await project).remove();
    (await this.#packing)?.remove();
  }
}

function made(packed: Packed, directory: string): Promise<Project> {
  const { install, code } = firstExample(directory);
  return projectWith(packed, install, { files: { "example.js": code } });
}
