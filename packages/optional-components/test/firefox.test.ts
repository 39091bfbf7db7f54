import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { components, firefox } from "../src/index.js";
import { temporaryDirectory, writeExecutable } from "./executable.js";

describe("finding Firefox", () => {
  it("finds Debian's on PATH and tells its version and path", async () => {
    const directory = temporaryDirectory();
    const path = writeExecutable(join(directory, "firefox-esr"), "echo 'Mozilla Firefox 140.12.0esr'");
    vi.stubEnv("BATCHNORM_FIREFOX", undefined);
    vi.stubEnv("PATH", `${directory}:/bin/nowhere`);
    expect(await firefox.probe()).toEqual({ present: true, version: "140.12.0", path });
  });

  it("takes the one that BATCHNORM_FIREFOX names before all others, or none", async () => {
    const path = writeExecutable(join(temporaryDirectory(), "my browser"), "echo 'Mozilla Firefox 146.0'");
    vi.stubEnv("BATCHNORM_FIREFOX", path);
    expect(await firefox.probe()).toEqual({ present: true, version: "146.0", path });
    vi.stubEnv("BATCHNORM_FIREFOX", "/nowhere/firefox");
    expect(await firefox.probe()).toEqual({
      present: false,
      reason: "BATCHNORM_FIREFOX is /nowhere/firefox, where there is no file",
      remedy: "install Firefox, or set BATCHNORM_FIREFOX to its executable",
    });
  });

  it("is among the known components", () => {
    expect(components()).toContain(firefox);
  });
});
