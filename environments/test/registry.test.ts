import { appendFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whole } from "@batchnorm/testing/whole";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Managers, managerNames, managers } from "../managers.js";
import { quickStart } from "../programs.js";
import { type Packed, type Project, pack, projectIn } from "../project.js";
import { published, repositoryRoot } from "../published.js";
import { type Registry, startRegistry } from "../registry.js";

const files = { "example.js": quickStart() };
const repository = "https://github.com/example/batchnorm";

/** What a registry tells of a package. */
interface Listed {
  readonly "dist-tags": { readonly latest: string };
  readonly versions: Readonly<Record<string, { readonly repository: { readonly url: string } }>>;
  readonly readme: string;
}

describe.runIf(whole)("a release", () => {
  let registry: Registry;
  let installers: Managers;
  let packing: { packed: Packed; remove(): void };
  /** of the repository, as it is committed */
  let copy: Project;
  /** changesets tags what it has published */
  const release = () =>
    copy.run("npm", ["run", "release"], {
      npm_config_registry: registry.address,
      GIT_COMMITTER_NAME: "test",
      GIT_COMMITTER_EMAIL: "test@localhost",
    });

  beforeAll(async () => {
    registry = await startRegistry();
    installers = await managers(registry);
    packing = await pack();
    copy = projectIn(mkdtempSync(join(tmpdir(), "batchnorm-copy-")));
    await copy.run("git", ["clone", "--quiet", repositoryRoot, "."]);
  });
  afterAll(async () => {
    copy.remove();
    packing.remove();
    installers.remove();
    await registry.close();
  });

  it("publishes nothing until the repository has an address", async () => {
    await copy.run("npm", ["pkg", "delete", "repository"]);
    await expect(release()).rejects.toThrow("https://github.com/OWNER/NAME, but is not there");
  });

  describe("by changesets, to a registry", () => {
    beforeAll(async () => {
      await copy.run("npm", ["pkg", "set", `repository=${repository}`]);
      await copy.run("npm", ["run", "setup"]);
      await copy.run("npm", ["exec", "changeset", "version"]);
      appendFileSync(join(copy.folder, ".npmrc"), registry.npmrc);
      await release();
    });

    it("publishes all packages in one version, with links that lead into the repository", async () => {
      const versions = new Set<string>();
      for (const { name } of published) {
        const response = await fetch(registry.address + name);
        const { "dist-tags": tags, versions: manifests, readme } = (await response.json()) as Listed;
        versions.add(tags.latest);
        expect(manifests[tags.latest]?.repository.url, name).toBe(`git+${repository}.git`);
        expect(readme, name).not.toMatch(/\]\((?!https:|#)/);
        if (name === "batchnorm") expect(readme).toContain(`](${repository}/blob/HEAD/packages/layers)`);
      }
      expect([...versions]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
      expect(versions).not.toContain("0.0.0");
    });

    it.each(managerNames)("%s installs batchnorm from it, and the quick start runs", async (name) => {
      const project = await installers.projectBy(name, "batchnorm", files);
      try {
        expect(await installers.runFile(name, project, "example.js")).toMatch(/^wasm computes in float32/);
      } finally {
        project.remove();
      }
    });
  });

  it.each(managerNames)(
    "%s installs batchnorm from the folder of npm run pack, and the quick start runs",
    async (name) => {
      const project = await installers.projectBy(name, `batchnorm@file:${packing.packed.get("batchnorm")}`, files);
      try {
        expect(await installers.runFile(name, project, "example.js")).toMatch(/^wasm computes in float32/);
      } finally {
        project.remove();
      }
    },
  );
});
