import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Component, firefox, webkit } from "@batchnorm/optional-components";
import { writeExecutable } from "@batchnorm/testing/executable";
import { temporaryFolder } from "@batchnorm/testing/folder";
import { describe, expect, it, vi } from "vitest";
import { mayInstallFromDebian } from "../src/debian.js";
import { installers } from "../src/installers.js";

/** A PATH with an apt-get only, and the lines of an installer that runs on it. */
async function install({ name }: Component, aptGet: string) {
  const directory = temporaryFolder();
  const said = join(directory, "said");
  writeExecutable(join(directory, "apt-get"), `echo "$@" >> '${said}'\n${aptGet}`);
  for (const variable of ["FIREFOX", "WEBKIT"]) vi.stubEnv(`BATCHNORM_${variable}`, undefined);
  vi.stubEnv("PATH", directory);
  const lines: string[] = [];
  const ended = await installers
    .get(name)?.((line) => lines.push(line))
    .catch((error: unknown) => error);
  return { lines, ended, asked: () => readFileSync(said, "utf8").trim().split("\n") };
}

describe("installing browsers", () => {
  describe.runIf(mayInstallFromDebian())("as root on Debian", () => {
    it.each([
      [firefox, "firefox-esr", "81 MB"],
      [webkit, "webkit2gtk-driver xvfb", "61 MB"],
    ])("takes the packages of $name", async (component, packages, download) => {
      const { lines, ended, asked } = await install(component, "exit 0");
      expect(ended).toBeUndefined();
      expect(lines).toEqual([
        `${component.name}: installing it from Debian (apt-get update, apt-get install ${packages}, ${download})`,
      ]);
      expect(asked()).toEqual(["update", `install -y --no-install-recommends ${packages}`]);
    });

    it("says why that failed", async () => {
      const { ended } = await install(firefox, "echo 'E: Unable to fetch some archives' >&2; exit 100");
      expect(ended).toMatchObject({
        code: "ERR_COMPONENT_PROVISION",
        message: "firefox could not be installed: apt-get: exit code 100: E: Unable to fetch some archives",
      });
    });
  });

  it("says what to install where it may not", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    const { ended } = await install(webkit, "exit 0");
    expect(ended).toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: "webkit is installed only by root on Debian, which has it as webkit2gtk-driver xvfb",
    });
  });

  it("refuses while a variable says where it is", async () => {
    vi.stubEnv("BATCHNORM_WEBKIT", "/nowhere/MiniBrowser");
    await expect(installers.get("webkit")?.(() => {})).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: expect.stringContaining("/nowhere/MiniBrowser"),
    });
  });
});
