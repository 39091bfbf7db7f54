import { OptionError } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { explainFailure, Nonconformance } from "../src/index.js";
import { ownFrameOf } from "../src/own-frame.js";

const suite = "file:///home/me/node_modules/@batchnorm/conformance/dist/checks/bench.js:30:14";
const core = "file:///home/me/node_modules/@batchnorm/core/dist/checks.js:9:11";

describe("the author's own part in an error", () => {
  it.each([
    ["in V8", `RangeError: x\n    at smallest (file:///home/me/a.ts:2:54)\n    at work (file:///home/me/a.ts:5:10)`],
    ["in Firefox and Safari", "smallest@file:///home/me/a.ts:2:54\nwork@file:///home/me/a.ts:5:10\n"],
    ["behind native code", `x\n    at Array.map (<anonymous>)\n    at smallest (file:///home/me/a.ts:2:54)`],
    ["behind Node's", `x\n    at node:internal/x:1:2\n    at async smallest (file:///home/me/a.ts:2:54)`],
    ["behind what core throws for it", `x\n    at checkValues (${core})\n    at smallest (file:///home/me/a.ts:2:54)`],
    [
      "behind a package that it uses",
      `x\n    at add (/home/me/node_modules/numbers/index.js:1:1)\n    at smallest (file:///home/me/a.ts:2:54)\n    at ${suite}`,
    ],
  ])("is its first frame, %s", (_, stack) => {
    expect(ownFrameOf(stack)).toBe("at smallest (file:///home/me/a.ts:2:54)");
  });

  it("is a frame without a name where the function has none", () => {
    expect(ownFrameOf("x\n    at file:///home/me/a.ts:2:54")).toBe("at file:///home/me/a.ts:2:54");
    expect(ownFrameOf("x\n    at C:\\me\\a.ts:2:54")).toBe("at C:\\me\\a.ts:2:54");
  });

  it("is in the package where the backend is one", () => {
    const backend = "/home/me/node_modules/their-backend/index.js:1:1";
    expect(ownFrameOf(`x\n    at add (${backend})\n    at ${suite}\n    at file:///home/me/my.test.ts:3:1`)).toBe(
      `at add (${backend})`,
    );
  });

  it("is nothing that has called the suite, and nothing where there is no stack", () => {
    expect(ownFrameOf(`x\n    at ask (${suite})\n    at file:///home/me/my.test.ts:3:1`)).toBeNull();
    expect(ownFrameOf(undefined)).toBeNull();
    expect(ownFrameOf("")).toBeNull();
  });

  it("is not what this suite throws", () => {
    let thrown: unknown;
    try {
      explainFailure({ requirement: "none" as "relu", name: "none", dtype: "float32" }, null);
    } catch (error) {
      thrown = error;
    }
    expect((thrown as Error).stack).toContain("conformance/src/check.ts");
    expect(ownFrameOf((thrown as Error).stack)).toBeNull();
  });
});

describe("the explanation of a failure", () => {
  const check = { requirement: "every-element", name: "sizes", dtype: "float32" } as const;
  const guess = "hint: the ends of loops";

  /** What it is to be the author's code. */
  function myKernel(): never {
    throw new TypeError("nothing there");
  }

  function thrownBy(work: () => unknown): unknown {
    try {
      return work();
    } catch (error) {
      return error;
    }
  }

  it("shows where the author's code threw, and does not guess", () => {
    const told = explainFailure(check, thrownBy(myKernel));
    expect(told).toMatch(
      /sizes, float32: it threw TypeError: nothing there\n {2}at myKernel \(.*own-frame.test.ts:\d+/,
    );
    expect(told).not.toContain(guess);
  });

  it("shows it beside what a check says of it", () => {
    const told = explainFailure(check, new Nonconformance("x is not refused", { cause: thrownBy(myKernel) }));
    expect(told).toMatch(/sizes, float32: x is not refused\n {2}at myKernel \(.*\n {2}hint: the ends of loops/);
  });

  it("shows it beside the guess where it was meant as a refusal", () => {
    const refuse = () => {
      throw new OptionError("eps is wrong");
    };
    const told = explainFailure(check, thrownBy(refuse));
    expect(told).toMatch(/it threw OptionError: eps is wrong\n {2}at refuse \(.*\n {2}hint: the ends of loops/);
  });

  it("guesses where nothing was thrown, or nobody knows where", () => {
    expect(explainFailure(check, new Nonconformance("y is wrong"))).toMatch(
      /: y is wrong\n {2}hint: the ends of loops/,
    );
    const without = Object.assign(new OptionError("eps is wrong"), { stack: "" });
    expect(explainFailure(check, without)).toContain(`it threw OptionError: eps is wrong\n  ${guess}`);
    expect(explainFailure(check, "no error")).toContain(`it threw the string "no error"\n  ${guess}`);
  });
});
