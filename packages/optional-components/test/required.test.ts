import { describe, expect, it } from "vitest";
import { type Component, ComponentError, demand, required } from "../src/index.js";

const absent: Component = {
  name: "sundial",
  purpose: "tells the time",
  probe: async () => ({ present: false, reason: "it is night", remedy: "wait" }),
};

describe("BATCHNORM_REQUIRE", () => {
  it.each([
    [undefined, false],
    ["", false],
    ["all", true],
    ["chromium", true],
    [" chromium , ", true],
  ])("%o requires chromium: %o", (value, expected) => {
    expect(required("chromium", { BATCHNORM_REQUIRE: value })).toBe(expected);
  });

  it("does not require what it does not name", () => {
    expect(required("sundial", { BATCHNORM_REQUIRE: "chromium" })).toBe(false);
  });

  it("refuses a name that no component has, and names those that there are", () => {
    const wrong = () => required("chromium", { BATCHNORM_REQUIRE: "chromium,chromiun" });
    expect(wrong).toThrow(ComponentError);
    expect(wrong).toThrow(
      expect.objectContaining({
        code: "ERR_COMPONENT_UNKNOWN",
        message: expect.stringMatching(/"chromiun".*expected "all".*chromium/),
      }),
    );
  });
});

describe("demanding a component", () => {
  it("gives its absence back where it is not required", async () => {
    expect(await demand(absent, {})).toEqual({ present: false, reason: "it is night", remedy: "wait" });
  });

  it("fails, with reason and remedy, where it is required", async () => {
    await expect(demand(absent, { BATCHNORM_REQUIRE: "all" })).rejects.toMatchObject({
      name: "ComponentError",
      code: "ERR_COMPONENT_ABSENT",
      message: "sundial absent: it is night; wait (BATCHNORM_REQUIRE=all makes this a failure)",
    });
  });

  it("gives a present one back though it is required", async () => {
    const present: Component = { ...absent, probe: async () => ({ present: true, version: "2" }) };
    expect(await demand(present, { BATCHNORM_REQUIRE: "all" })).toEqual({ present: true, version: "2" });
  });
});
