import { mkdirSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { pytorch } from "@batchnorm/optional-components";
import { writeExecutable } from "@batchnorm/testing/executable";
import { temporaryFolder } from "@batchnorm/testing/folder";
import { describe, expect, it, vi } from "vitest";
import { installPytorch } from "../src/pytorch.js";

/** A user's cache of its own and a PATH of a few programs. */
function machine() {
  const [cache, path] = [temporaryFolder(), temporaryFolder()];
  vi.stubEnv("BATCHNORM_PYTHON", undefined);
  vi.stubEnv("XDG_CACHE_HOME", cache);
  vi.stubEnv("PATH", `${path}:/bin`);
  return { cache, path, folder: join(cache, "batchnorm", "pytorch-2.15.0") };
}

describe.skipIf(process.platform !== "linux")("installing PyTorch", () => {
  /**
   * Writes a Python that makes virtual environments: `-m venv <folder>` puts a Python there, whose pip does `install` and
   * which tells torch's version once that has succeeded.
   */
  const makesEnvironments = (path: string, install: string) =>
    writeExecutable(
      join(path, "python3"),
      `[ "$1 $2" = "-m venv" ] || exit 1
mkdir -p "$3/bin"
cat > "$3/bin/python" <<'END'
#!/bin/sh
here=$(dirname "$0")
if [ "$1 $2" = "-m pip" ]; then
  echo "$*" > "$here/asked"
  ${install}
else cat "$here/torch"; fi
END
chmod +x "$3/bin/python"`,
    );
  const succeeds = 'echo 2.15.0+cu132 > "$here/torch"';
  const noArchive = (path: string) =>
    writeExecutable(join(path, "apt-get"), "echo 'E: Unable to fetch some archives' >&2; exit 100");
  const install = async () => {
    const lines: string[] = [];
    await installPytorch((line) => lines.push(line));
    return lines;
  };

  it("makes a virtual environment, and says how much and how long it takes before", async () => {
    const { cache, path, folder } = machine();
    makesEnvironments(path, succeeds);
    expect(await install()).toEqual([
      `pytorch: installing torch 2.15.0 into ${folder} (python3 -m venv, pip install)`,
      "pytorch: this is about 5 GB over the network, and takes minutes",
    ]);
    expect(await pytorch.probe()).toMatchObject({ present: true, version: "2.15.0+cu132" });
    expect(readFileSync(join(folder, "bin", "asked"), "utf8")).toMatch(/ install .*torch==2\.15\.0$/m);
    expect(readdirSync(join(cache, "batchnorm"))).toEqual(["pytorch-2.15.0"]);
  });

  it("leaves nothing where it fails, and says why", async () => {
    const { cache, path } = machine();
    makesEnvironments(path, "echo 'ERROR: No space left on device' >&2; exit 1");
    noArchive(path);
    await expect(install()).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: expect.stringMatching(
        /^pytorch could not be installed: pip install torch==2\.15\.0: exit code 1: ERROR: No space left on device/,
      ),
    });
    expect(readdirSync(join(cache, "batchnorm"))).toEqual([]);
  });

  it("says so where Python cannot make virtual environments", async () => {
    const { path } = machine();
    noArchive(path);
    const python = writeExecutable(join(path, "python3"), "echo 'ensurepip is not available' >&2; exit 1");
    await expect(install()).rejects.toThrow(`${python} -m venv: exit code 1: ensurepip is not available`);
  });

  it("keeps one of two that are made at once", async () => {
    const { cache, path } = machine();
    makesEnvironments(path, succeeds);
    await Promise.all([install(), install()]);
    expect(await pytorch.probe()).toMatchObject({ present: true, version: "2.15.0+cu132" });
    expect(readdirSync(join(cache, "batchnorm"))).toEqual(["pytorch-2.15.0"]);
  });

  it("replaces one that no longer works, and removes what was interrupted days ago", async () => {
    const { cache, path, folder } = machine();
    makesEnvironments(path, succeeds);
    writeExecutable(join(folder, "bin", "python"), "exit 127");
    const names = ["pytorch-2.15.0.part-old", "pytorch-2.15.0.part-new"];
    for (const name of names) mkdirSync(join(cache, "batchnorm", name));
    utimesSync(join(cache, "batchnorm", "pytorch-2.15.0.part-old"), 1e9, 1e9);
    await install();
    expect(await pytorch.probe()).toMatchObject({ present: true, version: "2.15.0+cu132" });
    expect(readdirSync(join(cache, "batchnorm")).sort()).toEqual(["pytorch-2.15.0", "pytorch-2.15.0.part-new"]);
  });

  it("refuses while BATCHNORM_PYTHON says where it is", async () => {
    vi.stubEnv("BATCHNORM_PYTHON", "/nowhere/python");
    await expect(install()).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: expect.stringContaining("/nowhere/python"),
    });
  });
});
