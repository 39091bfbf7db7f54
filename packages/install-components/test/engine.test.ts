import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Component, engines } from "@batchnorm/optional-components";
import { writeExecutable } from "@batchnorm/testing/executable";
import { temporaryFolder } from "@batchnorm/testing/folder";
import { describe, expect, it, vi } from "vitest";
import { provision } from "../src/index.js";

const bun = engines.find(({ name }) => name === "bun") as Component;

/** A user's cache of its own and a PATH with an npm. */
function machineWith(npm: string) {
  const [cache, path] = [temporaryFolder(), temporaryFolder()];
  vi.stubEnv("BATCHNORM_BUN", undefined);
  vi.stubEnv("XDG_CACHE_HOME", cache);
  vi.stubEnv("PATH", `${path}:/bin`);
  writeExecutable(join(path, "npm"), npm);
  return { cache, folder: join(cache, "batchnorm", "bun-1.4.5") };
}

/** What npm does where the folder's package.json asks for Bun and lets its install script run. */
const installs = (version: string) => `
grep -q '"dependencies":{"bun":"1.4.5"},"allowScripts":{"bun":true}' package.json || exit 1
mkdir -p node_modules/bun/bin
printf '#!/bin/sh\\necho ${version}\\n' > node_modules/bun/bin/bun.exe
chmod +x node_modules/bun/bin/bun.exe`;

describe.skipIf(process.platform !== "linux")("installing a JavaScript engine", () => {
  it("puts what npm has installed into the user's cache, and says so before", async () => {
    const { cache, folder } = machineWith(installs("1.4.5"));
    const lines: string[] = [];
    expect(await provision(bun, (line) => lines.push(line))).toEqual({
      present: true,
      version: "1.4.5",
      path: join(folder, "node_modules", "bun", "bin", "bun.exe"),
    });
    expect(lines).toEqual([`bun: installing bun 1.4.5 into ${folder} (npm install, 52 MB)`]);
    expect(readdirSync(join(cache, "batchnorm"))).toEqual(["bun-1.4.5"]);
  });

  it.each([
    [
      "npm fails",
      "echo 'npm error code ENOTFOUND' >&2; exit 1",
      "npm install bun@1.4.5: exit code 1: npm error code ENOTFOUND",
    ],
    ["there is nothing that runs", installs("").replace("echo", "exit 3"), "does not tell its version (exit code 3)"],
  ])("leaves nothing where %s, and says why", async (_, npm, why) => {
    const { cache } = machineWith(npm);
    await expect(provision(bun, () => {})).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: expect.stringContaining(why),
    });
    expect(existsSync(join(cache, "batchnorm"))).toBe(true);
    expect(readdirSync(join(cache, "batchnorm"))).toEqual([]);
  });
});
