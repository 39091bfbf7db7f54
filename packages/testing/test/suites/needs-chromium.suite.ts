// Not run by itself: test/describe-with.test.ts runs it on machines with and without the component.
import { chromium } from "@batchnorm/optional-components";
import { beforeAll, expect, it } from "vitest";
import { describeWith } from "../../src/describe-with.js";

await describeWith(chromium, "with a browser", (browser) => {
  let version: string;
  beforeAll(() => {
    version = browser().version;
  });
  it("knows the version", () => {
    expect(version).toBe("99.0.1.2");
  });
  it("knows the path", () => {
    expect(browser().path).toBe(process.env.BATCHNORM_CHROMIUM);
  });
});

it("needs nothing", () => {
  expect(1 + 1).toBe(2);
});
