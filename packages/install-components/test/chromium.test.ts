import { join } from "node:path";
import { writeExecutable } from "@batchnorm/testing/executable";
import { temporaryFolder } from "@batchnorm/testing/folder";
import { describe, expect, it, vi } from "vitest";
import { installChromium } from "../src/chromium.js";

describe("installing chromium", () => {
  it("refuses while BATCHNORM_CHROMIUM says where it is", async () => {
    vi.stubEnv("BATCHNORM_CHROMIUM", "/nowhere/chromium");
    await expect(installChromium(() => {})).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: expect.stringContaining("/nowhere/chromium"),
    });
  });

  it("says each step, and why all of them failed", async () => {
    const directory = temporaryFolder();
    writeExecutable(join(directory, "apt-get"), "echo 'E: Unable to fetch some archives' >&2; exit 100");
    writeExecutable(join(directory, "npx"), "echo 'Download failed: server returned code 503' >&2; exit 1");
    vi.stubEnv("BATCHNORM_CHROMIUM", undefined);
    vi.stubEnv("PATH", `${directory}:/bin`);
    const lines: string[] = [];
    await expect(installChromium((line) => lines.push(line))).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: expect.stringMatching(/playwright-core@[\d.]+: exit code 1: Download failed: server returned code 503$/),
    });
    expect(lines.at(-1)).toMatch(/^chromium: downloading it \(npx playwright-core@[\d.]+ install chromium\)$/);
  });
});
