import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Component } from "@batchnorm/optional-components";
import { answerMs, runProcess } from "@batchnorm/optional-components/for-installers";
import { writeExecutable } from "@batchnorm/testing/executable";
import { temporaryFolder } from "@batchnorm/testing/folder";
import { describe, expect, it } from "vitest";
import { type Installer, provision } from "../src/index.js";

/** A component that is a program in a directory, and its installer, which writes it. */
function programIn(directory: string, body: string): { component: Component; install: Installer } {
  const path = join(directory, "tool");
  const component: Component = {
    name: "tool",
    purpose: "tells its version",
    async probe() {
      const { code, stdout } = existsSync(path)
        ? await runProcess(path, [], { timeoutMs: answerMs })
        : { code: 1, stdout: "" };
      if (code === 0) return { present: true, version: stdout.trim(), path };
      return { present: false, reason: "it does not run", remedy: "write it" };
    },
  };
  const install: Installer = async (log) => {
    log("writing it");
    writeExecutable(path, body);
  };
  return { component, install };
}

describe("provisioning", () => {
  it("installs what is absent, says so, and gives it back", async () => {
    const directory = temporaryFolder();
    const lines: string[] = [];
    const { component, install } = programIn(directory, "echo 1.2.3");
    const present = await provision(component, (line) => lines.push(line), install);
    expect(present).toEqual({ present: true, version: "1.2.3", path: join(directory, "tool") });
    expect(lines).toEqual(["writing it"]);
  });

  it("does nothing when it is present", async () => {
    const { component, install } = programIn(temporaryFolder(), "echo 1.2.3");
    await provision(component, () => {}, install);
    const lines: string[] = [];
    await provision(component, (line) => lines.push(line), install);
    expect(lines).toEqual([]);
  });

  it("fails when it is still absent afterwards", async () => {
    const { component, install } = programIn(temporaryFolder(), "exit 3");
    await expect(provision(component, () => {}, install)).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: "tool was installed, but is still absent: it does not run; write it",
    });
  });

  it("fails with the remedy when there is no way to install it", async () => {
    const { component } = programIn(temporaryFolder(), "");
    await expect(provision(component, () => {})).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: "tool cannot be installed by this command; write it",
    });
  });
});
