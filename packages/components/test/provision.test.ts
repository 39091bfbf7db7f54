import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Component, describePresence, provision } from "../src/index.js";
import { answerMs, runProcess } from "../src/run-process.js";
import { temporaryDirectory, writeExecutable } from "./executable.js";

/** A component that is a program in a directory, which its installation writes. */
function programIn(directory: string, body: string): Component {
  const path = join(directory, "tool");
  return {
    name: "tool",
    purpose: "tells its version",
    async probe() {
      const { code, stdout } = existsSync(path)
        ? await runProcess(path, [], { timeoutMs: answerMs })
        : { code: 1, stdout: "" };
      if (code === 0) return { present: true, version: stdout.trim(), path };
      return { present: false, reason: "it does not run", remedy: "write it" };
    },
    async provision(log) {
      log("writing it");
      writeExecutable(path, body);
    },
  };
}

describe("provisioning", () => {
  it("installs what is absent, says so, and gives it back", async () => {
    const directory = temporaryDirectory();
    const lines: string[] = [];
    const present = await provision(programIn(directory, "echo 1.2.3"), (line) => lines.push(line));
    expect(present).toEqual({ present: true, version: "1.2.3", path: join(directory, "tool") });
    expect(lines).toEqual(["writing it"]);
  });

  it("does nothing when it is present", async () => {
    const component = programIn(temporaryDirectory(), "echo 1.2.3");
    await provision(component, () => {});
    const lines: string[] = [];
    await provision(component, (line) => lines.push(line));
    expect(lines).toEqual([]);
  });

  it("fails when it is still absent afterwards", async () => {
    await expect(provision(programIn(temporaryDirectory(), "exit 3"), () => {})).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: "tool was installed, but is still absent: it does not run; write it",
    });
  });

  it("fails with the remedy when there is no way to install it", async () => {
    const { provision: _, ...component } = programIn(temporaryDirectory(), "");
    await expect(provision(component, () => {})).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: "tool cannot be installed by this command; write it",
    });
  });
});

describe("describing a presence", () => {
  it("gives version and path, or reason and remedy", () => {
    expect(describePresence({ present: true, version: "1.2" })).toBe("1.2");
    expect(describePresence({ present: true, version: "1.2", path: "/bin/x" })).toBe("1.2 at /bin/x");
    expect(describePresence({ present: false, reason: "no x", remedy: "install x" })).toBe("absent: no x; install x");
  });
});
