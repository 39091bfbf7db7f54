import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { plainEnvironment } from "./plain-environment.js";

const script = fileURLToPath(new URL("../install-components.mjs", import.meta.url));

const run = (names: readonly string[], env: Readonly<Record<string, string>>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...names], {
    env: plainEnvironment(env),
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
};

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "batchnorm-setup-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

/** A package laid out as @tensorflow/tfjs-node is, with what it depends on to be built. */
function tfjsNodePackage(files: Readonly<Record<string, string>>): string {
  const modules = join(temporaryDirectory(), "node_modules");
  const folder = join(modules, "@tensorflow", "tfjs-node");
  write(join(folder, "package.json"), `{ "name": "@tensorflow/tfjs-node", "version": "4.22.0", "main": "index.js" }`);
  write(join(modules, "@mapbox", "node-pre-gyp", "package.json"), `{ "name": "@mapbox/node-pre-gyp" }`);
  for (const [name, text] of Object.entries(files)) write(join(folder, name), text);
  return folder;
}

const working = {
  "index.js": `exports.backend = () => ({ binding: { TF_Version: "2.15.1" } });`,
  "lib/napi-v8/tfjs_binding.node": "",
};

describe("npm run setup", () => {
  it("shows every component, and whether it is there, without a name", () => {
    const env = { BATCHNORM_TFJS_NODE: tfjsNodePackage(working), BATCHNORM_CHROMIUM: "/no/such/browser" };
    const { code, stdout } = run([], { ...env, BATCHNORM_REQUIRE: "all" });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^chromium +absent +opens/m);
    expect(stdout).toMatch(/^pytorch +/m);
    expect(stdout).toMatch(/^tfjs-node +2\.15\.1 +runs batch normalization in TensorFlow$/m);
    expect(stdout).toContain("npm run setup -- NAME installs what is absent");
  });

  it("says where a component is that is there already", () => {
    const folder = tfjsNodePackage(working);
    const { code, stdout } = run(["tfjs-node"], { BATCHNORM_TFJS_NODE: folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `tfjs-node 2.15.1, ${folder}\n` });
  });

  it("refuses a name that no component has, before anything is installed", () => {
    const { code, stdout, stderr } = run(["tfjs-node", "abacus"], {});
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(
      'error: there is no component "abacus"; expected one of chromium, pytorch, tfjs-node, node-22, node-24, bun, deno, firefox, webkit\n',
    );
  });

  it.each([
    ["chromium", { BATCHNORM_CHROMIUM: "/no/such/browser" }],
    ["pytorch", { BATCHNORM_PYTHON: "/no/such/python" }],
    ["tfjs-node", { BATCHNORM_TFJS_NODE: "/no/such/package" }],
    ["bun", { BATCHNORM_BUN: "/no/such/bun" }],
    ["firefox", { BATCHNORM_FIREFOX: "/no/such/browser" }],
  ])("%s ends with code 2 and says why where it cannot be installed", (name, env: Record<string, string>) => {
    const { code, stderr } = run([name], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*\/no\/such\//);
    expect(stderr).not.toContain("    at ");
  });

  it.skipIf(process.platform !== "linux" || process.arch !== "x64")(
    "leaves nothing in its place when it is interrupted in a download, and no process",
    async () => {
      const [cache, path] = [temporaryDirectory(), temporaryDirectory()];
      const folder = tfjsNodePackage({ "scripts/install.js": "process.exit(1)" });
      for (const tool of ["g++", "make"]) write(join(path, tool), "#!/bin/sh\n", 0o755);
      const pip = `#!/bin/sh
case "$*" in *--version) exit 0;; esac
while [ $# -gt 1 ]; do [ "$1" = "--dest" ] && to=$2; shift; done
mkdir -p "$to" && echo half > "$to/half.whl"
echo $$ > "${path}/pid"
sleep 100`;
      write(join(path, "python3"), pip, 0o755);
      const places = { BATCHNORM_TFJS_NODE: folder, BATCHNORM_PYTHON: join(path, "python3"), XDG_CACHE_HOME: cache };
      const child = spawn(process.execPath, [script, "tfjs-node"], {
        env: plainEnvironment({ ...places, PATH: `${path}:${process.env.PATH}` }),
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => child.once("close", resolve));
      await expect.poll(() => existsSync(join(path, "pid"))).toBe(true);
      expect(readdirSync(join(cache, "batchnorm"))).toHaveLength(1);
      child.kill("SIGINT");
      expect(await ended).toBe(130);
      expect(readdirSync(join(cache, "batchnorm"))).toEqual([]);
      expect(readdirSync(dirname(folder))).toEqual(["tfjs-node"]);
      const pid = Number(readFileSync(join(path, "pid"), "utf8"));
      await expect.poll(() => isRunning(pid)).toBe(false);
    },
  );
});

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
