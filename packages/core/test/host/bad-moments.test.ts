import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { type HostGradientSums, type HostMoments, hostBackend } from "../../src/host/index.js";
import { bitsOf, everyOperation, type Inputs, makeInputs, type Role } from "../helpers/operations.js";
import { PlainEngine } from "../helpers/plain-engine.js";

const view = { outer: 6, channels: 3, inner: 4 };
const backend = hostBackend(new PlainEngine());
const other = hostBackend(new PlainEngine());
const here = makeInputs(backend, view);
const there = makeInputs(other, view);
const { x, moments, sums } = here;

/** The operations that take moments, or sums, as calls with others than the good ones. */
function taking(role: Role): [string, (bad: unknown) => unknown][] {
  return everyOperation
    .filter(([, { takes }]) => takes.includes(role))
    .map(([name, { run }]) => [name, (bad) => run(backend, { ...here, [role]: bad } as Inputs)]);
}

function expectFailure(run: () => unknown, error: object): void {
  const { liveBuffers } = backend.memory();
  const before = bitsOf(here);
  expect(thrown(run)).toMatchObject(error);
  expect(backend.memory().liveBuffers).toBe(liveBuffers);
  expect(bitsOf(here)).toEqual(before);
}

const foreign = {
  name: "TensorError",
  code: "ERR_FOREIGN_TENSOR",
  message: expect.stringContaining("export and import"),
};

describe.each(taking("moments"))("%s refuses moments", (name, run) => {
  it("of another backend", () => {
    expectFailure(() => run(there.moments), foreign);
  });

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["an object", {}],
    ["an array", [1, 2, 3]],
    ["text", "moments"],
    ["gradient sums", sums],
    ["a tensor", x],
  ])("that are %s", (_, bad) => {
    expectFailure(() => run(bad), foreign);
  });

  it("that were disposed, once or twice", () => {
    const m = backend.moments(here);
    m.dispose();
    m.dispose();
    expectFailure(() => run(m), { code: "ERR_DISPOSED", message: expect.stringContaining("after their dispose()") });
  });

  it("of another number of channels", () => {
    const m = backend.importMoments(Float64Array.of(5, 1, 2, 0, 0, 3, 4));
    expectFailure(() => run(m), { code: name === "move" ? "ERR_CHANNELS" : "ERR_OPTION" });
  });
});

describe.each(taking("sums"))("%s refuses gradient sums", (_, run) => {
  it("of another backend", () => {
    expectFailure(() => run(there.sums), foreign);
  });

  // null beside moments stands for none
  it.each([
    ["undefined", undefined],
    ["an object", {}],
    ["moments", moments],
  ])("that are %s", (_, bad) => {
    expectFailure(() => run(bad), foreign);
  });

  it("that were disposed", () => {
    const s = backend.importGradientSums(new Float64Array(6));
    s.dispose();
    expectFailure(() => run(s), { code: "ERR_DISPOSED" });
  });

  it("of another number of channels", () => {
    const s = backend.importGradientSums(new Float64Array(4));
    expectFailure(() => run(s), { code: "ERR_OPTION", message: expect.stringMatching(/3.*2/) });
  });
});

describe("merging", () => {
  it("nothing is refused", () => {
    const error = { code: "ERR_OPTION", message: "expected at least one part to merge, got none" };
    expectFailure(() => backend.merge([]), error);
  });

  it("null is refused", () => {
    expectFailure(() => backend.merge([sums, null as unknown as HostGradientSums]), foreign);
    expectFailure(() => backend.merge([null as unknown as HostMoments, moments]), foreign);
  });

  it("parts of different channels names both numbers", () => {
    const two = backend.importMoments(new Float64Array(7));
    expectFailure(() => backend.merge([moments, two]), {
      code: "ERR_OPTION",
      message: "parts to merge must have as many channels, got 3 and 2",
    });
  });
});

describe("importing", () => {
  it.each([
    ["a number of values that does not fit", new Float64Array(5), "got a Float64Array of length 5 with count 0"],
    ["nothing", new Float64Array(0), "of length 0"],
    ["a count alone", new Float64Array(1), "of length 1"],
    ["a negative count", Float64Array.of(-1, 0, 0, 0), "with count -1"],
    ["a fraction of a value", Float64Array.of(1.5, 0, 0, 0), "with count 1.5"],
    ["a count of NaN", Float64Array.of(Number.NaN, 0, 0, 0), "with count NaN"],
    ["floats of 32 bits", new Float32Array(3), "expected moments as a Float64Array, got a Float32Array of length 3"],
    ["a plain array", [1, 0, 0], "got an Array of length 3"],
    ["text", "1,0,0", 'got the string "1,0,0"'],
    ["undefined", undefined, "got undefined"],
  ])("moments refuses %s", (_, values, text) => {
    expectFailure(() => backend.importMoments(values as Float64Array), {
      name: "OptionError",
      message: expect.stringContaining(text),
    });
  });

  it.each([
    ["an odd number of values", new Float64Array(3), "got a Float64Array of length 3"],
    ["nothing", new Float64Array(0), "of length 0"],
    ["floats of 32 bits", new Float32Array(2), "expected gradient sums as a Float64Array"],
    ["null", null, "got null"],
  ])("gradient sums refuses %s", (_, values, text) => {
    expectFailure(() => backend.importGradientSums(values as Float64Array), {
      name: "OptionError",
      message: expect.stringContaining(text),
    });
  });
});

describe("what was disposed", () => {
  it.each([
    ["moments", () => backend.moments(here)],
    ["gradient sums", () => backend.gradientSums(here, moments, here.dy)],
  ])("rejects its export and refuses its values: %s", async (_, make) => {
    const gone = make();
    gone.dispose();
    await expect(gone.export()).rejects.toMatchObject({ code: "ERR_DISPOSED" });
    expect(thrown(() => gone.values)).toMatchObject({ code: "ERR_DISPOSED" });
  });
});
