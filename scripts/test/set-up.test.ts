import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { childEnvironment } from "../processes.mjs";
import { workspacePackages } from "../repository.mjs";
import { installationHash, whyInstall } from "../set-up.mjs";
import { directoryWith } from "./directories.js";

const workspace = "packages:\n  - packages/*\n  - tools\n\nallowBuilds:\n  esbuild: true\n";

function repository() {
  return directoryWith({
    "package.json": { name: "root" },
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    "pnpm-workspace.yaml": workspace,
    "packages/a/package.json": { name: "a", dependencies: { b: "workspace:^" } },
    "packages/b/package.json": { name: "b" },
    "packages/notes.txt": "no package",
    "tools/package.json": { name: "tools" },
  });
}

/** As an installation leaves it. */
function installedRepository() {
  const root = repository();
  mkdirSync(join(root, "packages/a/node_modules/b"), { recursive: true });
  mkdirSync(join(root, "node_modules"));
  writeFileSync(join(root, "node_modules/.batchnorm-set-up"), `${installationHash(root)}\n`);
  return root;
}

describe("the packages of a workspace", () => {
  it("are those of the patterns, whatever the line ends", () => {
    const names = (root: string) => workspacePackages(root).map(({ manifest }) => manifest.name);
    const root = repository();
    expect(names(root)).toEqual(["a", "b", "tools"]);
    writeFileSync(join(root, "pnpm-workspace.yaml"), workspace.replaceAll("\n", "\r\n"));
    expect(names(root)).toEqual(["a", "b", "tools"]);
  });
});

describe("whether to install", () => {
  it("is not needed when nothing has changed", () => {
    expect(whyInstall(installedRepository())).toBeNull();
  });

  it("is needed in a fresh clone, and after an installation by other means", () => {
    const root = repository();
    expect(whyInstall(root)).toBe("no dependencies are installed yet");
    mkdirSync(join(root, "node_modules"));
    expect(whyInstall(root)).toMatch(/not installed by this command/);
  });

  it.each(["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", "packages/b/package.json"])(
    "is needed after a change of %s",
    (name) => {
      const root = installedRepository();
      writeFileSync(join(root, name), name.endsWith("json") ? '{ "name": "c" }' : `${workspace}# changed\n`);
      expect(whyInstall(root)).toBe("the dependencies have changed");
    },
  );

  it("is not needed after a change of line ends", () => {
    const root = installedRepository();
    writeFileSync(join(root, "pnpm-workspace.yaml"), workspace.replaceAll("\n", "\r\n"));
    expect(whyInstall(root)).toBeNull();
  });

  it("is needed when the dependencies of one package are gone", () => {
    const root = installedRepository();
    rmSync(join(root, "packages/a/node_modules"), { recursive: true });
    expect(whyInstall(root)).toBe("installed dependencies of a are missing");
  });
});

describe("the environment of children", () => {
  it("has the installed tools first on PATH, and not what npm says of itself", () => {
    const env = childEnvironment(
      { PATH: "/bin", HOME: "/home/user", npm_config_user_agent: "npm/11", npm_lifecycle_event: "test", INIT_CWD: "/" },
      "/repository",
    );
    expect(env.PATH).toMatch(/^\/repository\/node_modules\/\.bin.\/bin$/);
    expect(env).toMatchObject({ HOME: "/home/user", TURBO_TELEMETRY_DISABLED: "1" });
    expect(Object.keys(env).filter((name) => name.startsWith("npm_"))).toEqual([]);
  });

  it("keeps where packages come from", () => {
    const kept = {
      npm_config_registry: "https://registry.example",
      npm_config_https_proxy: "http://proxy.example",
      "npm_config_@scope:registry": "https://scope.example",
    };
    expect(childEnvironment(kept, "/repository")).toMatchObject(kept);
  });
});
