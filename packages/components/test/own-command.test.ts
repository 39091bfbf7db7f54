import { expect, it, vi } from "vitest";
import { ownCommand } from "../src/own-command.js";
import { pytorch } from "../src/pytorch.js";

it.each([
  ["bench setup", "batchnorm bench setup", "npm run bench -- setup"],
  ["bench", "batchnorm bench", "npm run bench"],
  ["report --quick", "batchnorm report --quick", "npm start -- --quick"],
  ["report --json", "batchnorm report --json", "node apps/cli/dist/bin.js report --json"],
  ["check", "batchnorm check", "node apps/cli/dist/bin.js check"],
])("%s is named as it can be typed, installed and in a clone", (words, installed, clone) => {
  expect(ownCommand(words, false)).toBe(installed);
  expect(ownCommand(words, true)).toBe(clone);
});

it("a remedy names a command of the clone that these tests run in", async () => {
  vi.stubEnv("BATCHNORM_PYTHON", "/nowhere/python");
  expect(await pytorch.probe()).toMatchObject({
    remedy: expect.stringContaining("`node apps/cli/dist/bin.js setup pytorch`"),
  });
});
