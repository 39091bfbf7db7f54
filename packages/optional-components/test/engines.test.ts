import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type Component, components, engines } from "../src/index.js";
import { temporaryDirectory, writeExecutable } from "./executable.js";

const named = (name: string) => engines.find((engine) => engine.name === name) as Component;

/** A user's cache of its own and a PATH of a few programs. */
function machine() {
  const [cache, path] = [temporaryDirectory(), temporaryDirectory()];
  for (const name of ["NODE_22", "NODE_24", "BUN", "DENO"]) vi.stubEnv(`BATCHNORM_${name}`, undefined);
  vi.stubEnv("XDG_CACHE_HOME", cache);
  vi.stubEnv("PATH", path);
  return { cache, path };
}

describe.skipIf(process.platform !== "linux")("finding a JavaScript engine", () => {
  it.each([
    ["node-22", "node", "node-22.23.3/node_modules/node/bin/node", "v22.4.0"],
    ["node-24", "node", "node-24.9.0/node_modules/node/bin/node", "v24.1.0"],
    ["bun", "bun", "bun-1.4.5/node_modules/bun/bin/bun.exe", "1.2.3"],
    ["deno", "deno", "deno-2.9.6/node_modules/deno/deno", "deno 2.1.0 (stable, release)\nv8 14.0.1\ntypescript 5.9.2"],
  ])("takes the %s of the user's cache before that on PATH", async (name, command, kept, said) => {
    const { cache, path } = machine();
    expect(await named(name).probe()).toMatchObject({ present: false, reason: `there is no ${command} on PATH` });
    const onPath = writeExecutable(join(path, command), `echo '${said}'`);
    expect(await named(name).probe()).toEqual({
      present: true,
      version: /\d+\.\d+\.\d+/.exec(said)?.[0],
      path: onPath,
    });
    const inCache = writeExecutable(join(cache, "batchnorm", kept), `echo '${said}'`);
    expect(await named(name).probe()).toMatchObject({ present: true, path: inCache });
  });

  it("passes over another major version, and says which", async () => {
    const { path } = machine();
    const onPath = writeExecutable(join(path, "node"), "echo v20.20.2");
    expect(await named("node-22").probe()).toEqual({
      present: false,
      reason: `${onPath} is version 20.20.2, not 22`,
      remedy: "run `npm run setup -- node-22` (52 MB), or set BATCHNORM_NODE_22 to its executable",
    });
  });

  it("takes the one that the variable names, and no other", async () => {
    const { path } = machine();
    writeExecutable(join(path, "bun"), "echo 1.4.5");
    vi.stubEnv("BATCHNORM_BUN", "/nowhere/bun");
    expect(await named("bun").probe()).toMatchObject({
      present: false,
      reason: "BATCHNORM_BUN is /nowhere/bun, where there is no file",
    });
    const chosen = writeExecutable(join(path, "my bun"), "echo 1.5.0");
    vi.stubEnv("BATCHNORM_BUN", chosen);
    expect(await named("bun").probe()).toEqual({ present: true, version: "1.5.0", path: chosen });
    writeExecutable(chosen, "echo 'cannot run' >&2; exit 127");
    expect(await named("bun").probe()).toMatchObject({
      present: false,
      reason: `${chosen} does not tell its version (exit code 127: cannot run)`,
    });
  });

  it("is among the known components", () => {
    expect(components()).toEqual(expect.arrayContaining([...engines]));
  });
});
