import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { chromiumCandidates } from "../src/chromium-candidates.js";
import { chromium, components } from "../src/index.js";
import { temporaryDirectory, writeExecutable } from "./executable.js";

describe("finding chromium", () => {
  it("finds the one on PATH and tells its version and path", async () => {
    const directory = temporaryDirectory();
    const path = writeExecutable(join(directory, "chromium"), "echo 'Chromium 131.0.6778.85 built on Debian'");
    vi.stubEnv("BATCHNORM_CHROMIUM", undefined);
    vi.stubEnv("PATH", `${directory}:${process.env.PATH}`);
    expect(await chromium.probe()).toEqual({ present: true, version: "131.0.6778.85", path });
  });

  it("passes over one that does not run, as a stub that asks for a package does", async () => {
    const directory = temporaryDirectory();
    writeExecutable(
      join(directory, "chromium-browser"),
      "echo 'requires the chromium snap to be installed' >&2; exit 1",
    );
    const path = writeExecutable(join(directory, "google-chrome"), "echo 'Google Chrome 130.0.6723.91 '");
    vi.stubEnv("BATCHNORM_CHROMIUM", undefined);
    vi.stubEnv("PATH", `${directory}:/bin`);
    expect(await chromium.probe()).toEqual({ present: true, version: "130.0.6723.91", path });
  });

  it("takes the one that BATCHNORM_CHROMIUM names before all others", async () => {
    const path = writeExecutable(join(temporaryDirectory(), "my browser"), "echo 'Chromium 99.0.1.2'");
    vi.stubEnv("BATCHNORM_CHROMIUM", path);
    expect(await chromium.probe()).toEqual({ present: true, version: "99.0.1.2", path });
  });

  it("is absent, and names the variable, when BATCHNORM_CHROMIUM names no file", async () => {
    vi.stubEnv("BATCHNORM_CHROMIUM", "/nowhere/chromium");
    const presence = await chromium.probe();
    expect(presence).toMatchObject({
      present: false,
      reason: "BATCHNORM_CHROMIUM is /nowhere/chromium, where there is no file",
      remedy: expect.stringContaining("BATCHNORM_CHROMIUM"),
    });
  });

  it("is absent, and says what the program said, when it does not tell its version", async () => {
    const path = writeExecutable(
      join(temporaryDirectory(), "chromium"),
      "echo 'libnss3.so: cannot open' >&2; exit 127",
    );
    vi.stubEnv("BATCHNORM_CHROMIUM", path);
    expect(await chromium.probe()).toMatchObject({
      present: false,
      reason: `${path} does not tell its version (exit code 127: libnss3.so: cannot open)`,
    });
  });

  it("is absent when the file is no program", async () => {
    vi.stubEnv("BATCHNORM_CHROMIUM", new URL("../package.json", import.meta.url).pathname);
    expect(await chromium.probe()).toMatchObject({ present: false, reason: expect.stringContaining("EACCES") });
  });

  it("looks at Playwright's newest download first", () => {
    const cache = temporaryDirectory();
    for (const name of ["chromium-1148", "chromium-1200", "chromium_headless_shell-1200", "firefox-1500"]) {
      writeExecutable(join(cache, name, "chrome-linux64", "chrome"), "true");
    }
    const found = chromiumCandidates({ PLAYWRIGHT_BROWSERS_PATH: cache, PATH: "" }, "linux")
      .filter((path) => path.startsWith(cache) && path.endsWith("linux64/chrome"))
      .map((path) => path.slice(cache.length + 1).split("/")[0]);
    expect(found).toEqual(["chromium-1200", "chromium_headless_shell-1200", "chromium-1148"]);
  });

  it("looks where the other systems keep their applications", () => {
    expect(chromiumCandidates({}, "darwin")).toContain("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    const windows = chromiumCandidates({ PROGRAMFILES: "C:\\Program Files" }, "win32");
    expect(windows.some((path) => path.includes("Program Files") && path.endsWith("chrome.exe"))).toBe(true);
  });

  it("is among the known components", () => {
    expect(components()).toContain(chromium);
  });
});
