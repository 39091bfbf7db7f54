import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { components, webkit } from "../src/index.js";
import { temporaryDirectory, writeExecutable } from "./executable.js";

/** A PATH with the driver and an Xvfb, which has display 7, and a MiniBrowser that says something there. */
function machine(browser: string, xvfb = "echo 7; exec sleep 1000") {
  const path = temporaryDirectory();
  writeExecutable(join(path, "WebKitWebDriver"), "exit 1");
  writeExecutable(join(path, "Xvfb"), xvfb);
  const miniBrowser = writeExecutable(join(temporaryDirectory(), "MiniBrowser"), browser);
  vi.stubEnv("PATH", `${path}:/bin`);
  vi.stubEnv("BATCHNORM_WEBKIT", miniBrowser);
  return { path, miniBrowser };
}

describe("finding WebKitGTK", () => {
  it("asks the MiniBrowser for its version, on a display of its own", async () => {
    const { miniBrowser } = machine('[ "$DISPLAY" = :7 ] && echo "WebKitGTK 2.50.6"');
    expect(await webkit.probe()).toEqual({ present: true, version: "2.50.6", path: miniBrowser });
  });

  it("is absent, and says what the MiniBrowser said, when it does not tell its version", async () => {
    const { miniBrowser } = machine("echo 'libepoxy.so.0: cannot open' >&2; exit 127");
    expect(await webkit.probe()).toMatchObject({
      present: false,
      reason: `${miniBrowser} does not tell its version (exit code 127: libepoxy.so.0: cannot open)`,
    });
  });

  it("is absent where there is no display for it", async () => {
    machine("echo 'WebKitGTK 2.50.6'", "exit 3");
    expect(await webkit.probe()).toMatchObject({ present: false, reason: "Xvfb does not start (exit code 3)" });
  });

  it.each(["WebKitWebDriver", "Xvfb"])("is absent without %s", async (name) => {
    const { path } = machine("echo 'WebKitGTK 2.50.6'");
    rmSync(join(path, name));
    vi.stubEnv("PATH", path);
    expect(await webkit.probe()).toMatchObject({
      present: false,
      reason: `there is no ${name} on PATH`,
      remedy: expect.stringContaining("webkit2gtk-driver and xvfb"),
    });
  });

  it("is absent, and names the variable, when BATCHNORM_WEBKIT names no file", async () => {
    machine("");
    vi.stubEnv("BATCHNORM_WEBKIT", "/nowhere/MiniBrowser");
    expect(await webkit.probe()).toMatchObject({
      present: false,
      reason: "BATCHNORM_WEBKIT is /nowhere/MiniBrowser, where there is no file",
    });
  });

  it("is among the known components", () => {
    expect(components()).toContain(webkit);
  });
});
