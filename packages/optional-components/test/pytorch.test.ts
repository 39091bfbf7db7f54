import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { components, pytorch } from "../src/index.js";
import { pytorchFolder } from "../src/pytorch-candidates.js";
import { temporaryDirectory, writeExecutable } from "./executable.js";

/** A Python that answers as one with this torch does. */
const withTorch = (version: string) => `echo ${version}`;
const withoutTorch = "echo 'it has no torch' >&2; exit 1";

/** A user's cache of its own and a PATH of a few programs. */
function machine() {
  const [cache, path] = [temporaryDirectory(), temporaryDirectory()];
  vi.stubEnv("BATCHNORM_PYTHON", undefined);
  vi.stubEnv("XDG_CACHE_HOME", cache);
  vi.stubEnv("PATH", `${path}:/bin`);
  return { cache, path, folder: join(cache, "batchnorm", "pytorch-2.15.0") };
}

describe.skipIf(process.platform !== "linux")("finding PyTorch", () => {
  it("takes the virtual environment before the Python on PATH, and that where there is none", async () => {
    const { path, folder } = machine();
    const onPath = writeExecutable(join(path, "python3"), withTorch("2.4.1+cpu"));
    expect(await pytorch.probe()).toEqual({ present: true, version: "2.4.1+cpu", path: onPath });
    const kept = writeExecutable(join(folder, "bin", "python"), withTorch("2.15.0"));
    expect(await pytorch.probe()).toEqual({ present: true, version: "2.15.0", path: kept });
  });

  it("passes over a virtual environment that no longer works", async () => {
    const { path, folder } = machine();
    writeExecutable(join(folder, "bin", "python"), "exit 127");
    const onPath = writeExecutable(join(path, "python3"), withTorch("2.4.1"));
    expect(await pytorch.probe()).toEqual({ present: true, version: "2.4.1", path: onPath });
  });

  it("takes the Python that BATCHNORM_PYTHON names, and no other", async () => {
    const { path, folder } = machine();
    writeExecutable(join(folder, "bin", "python"), withTorch("2.15.0"));
    const chosen = writeExecutable(join(path, "my python"), withTorch("2.9.0a0+git1234"));
    vi.stubEnv("BATCHNORM_PYTHON", chosen);
    expect(await pytorch.probe()).toEqual({ present: true, version: "2.9.0a0+git1234", path: chosen });
    writeExecutable(chosen, withoutTorch);
    expect(await pytorch.probe()).toMatchObject({
      present: false,
      reason: `${chosen} does not tell a version of torch (exit code 1: it has no torch)`,
      remedy: expect.stringContaining("BATCHNORM_PYTHON"),
    });
  });

  it("is absent, and names the variable, when BATCHNORM_PYTHON names no file", async () => {
    vi.stubEnv("BATCHNORM_PYTHON", "/nowhere/python");
    expect(await pytorch.probe()).toMatchObject({
      present: false,
      reason: "BATCHNORM_PYTHON is /nowhere/python, where there is no file",
    });
  });

  it("is among the known components", () => {
    expect(components()).toContain(pytorch);
  });
});

describe("the virtual environment", () => {
  it("is kept where each system keeps what can be fetched again", () => {
    expect(pytorchFolder({ XDG_CACHE_HOME: "/cache" }, "linux")).toBe("/cache/batchnorm/pytorch-2.15.0");
    expect(pytorchFolder({}, "linux")).toMatch(/\/\.cache\/batchnorm\/pytorch-2\.15\.0$/);
    expect(pytorchFolder({}, "darwin")).toMatch(/\/Library\/Caches\/batchnorm\/pytorch-2\.15\.0$/);
    expect(pytorchFolder({ LOCALAPPDATA: "C:\\Local" }, "win32")).toContain("C:\\Local");
  });
});
