import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoryRoot } from "../repository.mjs";
import { directoryWith } from "./directories.js";
import { plainEnvironment } from "./plain-environment.js";

const pack = (cwd: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [join(repositoryRoot, "scripts/pack.mjs"), ...args], {
    env: plainEnvironment({ INIT_CWD: cwd }),
    encoding: "utf8",
  });

it("refuses a place that is no folder, and more than one, before any work", () => {
  const place = directoryWith({ taken: "" });
  expect(pack(place, "taken")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^error: cannot pack into .*taken: .*; name another folder\n$/),
  });
  expect(pack(place, "one", "two")).toMatchObject({
    status: 2,
    stderr: "error: npm run pack takes one folder, but got one two\n",
  });
});
