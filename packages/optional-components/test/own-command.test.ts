import { expect, it, vi } from "vitest";
import { ownCommand } from "../src/own-command.js";
import { pytorch } from "../src/pytorch.js";
import { setupCommand } from "../src/setup-command.js";

it.each([
  ["setup pytorch", "batchnorm setup pytorch", "npm run setup -- pytorch"],
  ["bench", "batchnorm bench", "npm run bench"],
  ["report --full", "batchnorm report --full", "npm start -- --full"],
  ["report --json", "batchnorm report --json", "node apps/cli/dist/bin.js report --json"],
  ["check", "batchnorm check", "node apps/cli/dist/bin.js check"],
])("%s is named as it can be typed, installed and in a clone", (words, installed, clone) => {
  expect(ownCommand(words, false)).toBe(installed);
  expect(ownCommand(words, true)).toBe(clone);
});

it("a remedy names a command of the clone that these tests run in", async () => {
  vi.stubEnv("BATCHNORM_PYTHON", "/nowhere/python");
  expect(await pytorch.probe()).toMatchObject({
    remedy: expect.stringContaining("`npm run setup -- pytorch`"),
  });
});

it("a remedy says what to install where there is no clone, which nothing installs then", () => {
  expect(setupCommand("tfjs-node", "207 MB", "run its install script", false)).toBe("run its install script");
});
