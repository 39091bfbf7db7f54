import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { OptionError } from "../src/errors.js";
import {
  type Activation,
  checkActivation,
  checkEps,
  checkFlag,
  checkLayout,
  checkMomentum,
  checkOptionNames,
  checkTrainingEps,
  defaultEps,
  defaultMomentum,
} from "../src/options.js";
import type { Layout } from "../src/view.js";

function expectRefusal(work: () => unknown, ...parts: string[]): void {
  const error = thrown(work);
  expect(error).toBeInstanceOf(OptionError);
  expect(error).toMatchObject({ name: "OptionError", code: "ERR_OPTION" });
  for (const part of parts) expect((error as Error).message).toContain(part);
}

it("defaults are PyTorch's", () => {
  expect(defaultEps).toBe(1e-5);
  expect(defaultMomentum).toBe(0.1);
});

describe("eps", () => {
  it.each([0, 5e-324, 1e-5, 1e-3, 1, 1e300])("may be %d", (eps) => {
    expect(() => checkEps(eps)).not.toThrow();
  });

  it.each([
    [-1e-5, "got -0.00001"],
    [Number.NaN, "got NaN"],
    [Infinity, "got Infinity"],
    ["1e-5", 'got the string "1e-5"'],
    [null, "got null"],
    [undefined, "got undefined"],
    [1n, "got the bigint 1n"],
    [[1e-5], "got an Array of length 1"],
  ])("may not be %o", (eps, came) => {
    expectRefusal(() => checkEps(eps as number), "eps must be a finite number >= 0", came);
  });

  it("of 0 is refused in training only, and says what to do", () => {
    expectRefusal(() => checkTrainingEps(0), "eps must be positive during training", "use eps > 0");
    expectRefusal(() => checkTrainingEps(-0), "eps must be positive");
    expect(() => checkTrainingEps(5e-324)).not.toThrow();
  });
});

describe("momentum", () => {
  it.each([0, 0.1, 0.5, 1])("may be %d", (momentum) => {
    expect(() => checkMomentum(momentum, true)).not.toThrow();
    expect(() => checkMomentum(momentum, false)).not.toThrow();
  });

  it("may be null where a cumulative average is meant", () => {
    expect(() => checkMomentum(null, true)).not.toThrow();
    expectRefusal(() => checkMomentum(null, false), "got null");
    expect((thrown(() => checkMomentum(null, false)) as Error).message).toMatch(/1 - momentum\), got null$/);
  });

  it.each([
    [-0.1, "got -0.1"],
    [1.1, "got 1.1"],
    [Number.NaN, "got NaN"],
    [Infinity, "got Infinity"],
    ["0.1", 'got the string "0.1"'],
    [undefined, "got undefined"],
    [true, "got true"],
  ])("may not be %o", (momentum, came) => {
    expectRefusal(() => checkMomentum(momentum as number, true), "from 0 to 1", "or null", came);
  });

  it("is told apart from that of other frameworks", () => {
    expectRefusal(() => checkMomentum(99, true), "the weight of the new value; Keras and TensorFlow mean 1 - momentum");
  });
});

describe("other options", () => {
  it("flags are true or false", () => {
    expect(() => checkFlag("affine", true)).not.toThrow();
    expect(() => checkFlag("affine", false)).not.toThrow();
    for (const value of [1, 0, "true", null, undefined]) {
      expectRefusal(() => checkFlag("affine", value as unknown as boolean), "affine must be true or false");
    }
  });

  it("layouts are two", () => {
    expect(() => checkLayout("channels-first")).not.toThrow();
    expect(() => checkLayout("channels-last")).not.toThrow();
    for (const [layout, came] of [
      ["NCHW", 'got the string "NCHW"'],
      [undefined, "got undefined"],
      [1, "got 1"],
    ] as const) {
      expectRefusal(() => checkLayout(layout as Layout), '"channels-first" or "channels-last"', came);
    }
  });

  it("activations are ReLU and none", () => {
    expect(() => checkActivation("relu")).not.toThrow();
    expect(() => checkActivation(null)).not.toThrow();
    for (const activation of ["ReLU", "gelu", undefined, false]) {
      expectRefusal(() => checkActivation(activation as Activation), 'activation must be "relu" or null, got');
    }
  });

  it("that do not exist are named at once, with those that do", () => {
    expect(() => checkOptionNames({ eps: 1 }, ["eps", "momentum"], "BatchNorm2d")).not.toThrow();
    expect(() => checkOptionNames({}, ["eps"], "BatchNorm2d")).not.toThrow();
    expectRefusal(
      () => checkOptionNames({ epsilon: 1, eps: 1, axis: 3 }, ["eps", "momentum"], "BatchNorm2d"),
      "BatchNorm2d has no option epsilon, axis; its options are eps, momentum",
    );
  });

  it.each([[null], [5], ["eps"]])("must come as an object, not as %o", (options) => {
    expectRefusal(() => checkOptionNames(options as unknown as object, ["eps"], "BatchNorm2d"), "must be an object");
  });
});
