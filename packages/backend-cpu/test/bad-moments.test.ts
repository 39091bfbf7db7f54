import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { makeBatch, upload } from "./helpers/batch.js";
import { Random } from "./helpers/random.js";
import { thrown } from "./helpers/thrown.js";

const view = { outer: 6, channels: 3, inner: 4 };
const backend = createCpuBackend();
const other = createCpuBackend();
const here = upload(backend, makeBatch(new Random(167), view));
const there = upload(other, makeBatch(new Random(167), view));
const { x, dy, p, o } = here;
const running = { mean: backend.state([0, 0, 0], [3]), variance: backend.state([1, 1, 1], [3]) };
const moments = backend.moments(x, view);
const sums = backend.gradientSums(dy, x, view, moments, p, o);

type Moments = typeof moments;
type Sums = typeof sums;

const takesMoments: Record<string, (m: Moments) => unknown> = {
  normalize: (m) => backend.normalize(x, view, m, p, o),
  backward: (m) => backend.backward(dy, x, view, { moments: m }, p, o),
  gradientSums: (m) => backend.gradientSums(dy, x, view, m, p, o),
  gradients: (m) => backend.gradients(dy, x, view, m, sums, p, o),
  move: (m) => backend.move(running, m, 0.1, 1),
  merge: (m) => backend.merge([moments, m]),
};

const takesSums: Record<string, (s: Sums) => unknown> = {
  gradients: (s) => backend.gradients(dy, x, view, moments, s, p, o),
  mergeGradientSums: (s) => backend.mergeGradientSums([sums, s]),
};

function expectFailure(run: () => unknown, error: object): void {
  const { liveBuffers } = backend.memory();
  expect(thrown(run)).toMatchObject(error);
  expect(backend.memory().liveBuffers).toBe(liveBuffers);
  expect([...running.mean.values, ...running.variance.values]).toEqual([0, 0, 0, 1, 1, 1]);
}

const foreign = {
  name: "TensorError",
  code: "ERR_FOREIGN_TENSOR",
  message: expect.stringContaining("export and import"),
};

describe.each(Object.entries(takesMoments))("%s refuses moments", (name, run) => {
  it("of another backend", () => {
    const m = other.moments(there.x, view);
    expectFailure(() => run(m), foreign);
  });

  it("that are none", () => {
    for (const bad of [undefined, null, {}, [1, 2, 3], sums, x]) {
      expectFailure(() => run(bad as unknown as Moments), foreign);
    }
  });

  it("that were disposed, once or twice", () => {
    const m = backend.moments(x, view);
    m.dispose();
    m.dispose();
    expectFailure(() => run(m), { code: "ERR_DISPOSED", message: expect.stringContaining("after their dispose()") });
  });

  it("of another number of channels", () => {
    const m = backend.importMoments(Float64Array.of(5, 1, 2, 0, 0, 3, 4));
    expectFailure(() => run(m), { code: name === "move" ? "ERR_CHANNELS" : "ERR_OPTION" });
  });
});

describe.each(Object.entries(takesSums))("%s refuses gradient sums", (_, run) => {
  it("of another backend", () => {
    const s = other.gradientSums(there.dy, there.x, view, other.moments(there.x, view), there.p, o);
    expectFailure(() => run(s), foreign);
  });

  it("that are none", () => {
    for (const bad of [undefined, null, {}, moments]) expectFailure(() => run(bad as unknown as Sums), foreign);
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
    expectFailure(() => backend.mergeGradientSums([]), error);
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

describe("exporting", () => {
  it("rejects what is not this backend's", async () => {
    await expect(backend.exportMoments(other.moments(there.x, view))).rejects.toMatchObject(foreign);
    await expect(backend.exportGradientSums(moments as unknown as Sums)).rejects.toMatchObject(foreign);
  });

  it("rejects what was disposed", async () => {
    const m = backend.moments(x, view);
    m.dispose();
    await expect(backend.exportMoments(m)).rejects.toMatchObject({ code: "ERR_DISPOSED" });
  });
});

it("moments give all their buffers back, once", () => {
  const { liveBuffers } = backend.memory();
  const made = [backend.moments(x, view), backend.merge([moments]), backend.gradientSums(dy, x, view, moments, p, o)];
  expect(backend.memory().liveBuffers).toBeGreaterThan(liveBuffers);
  for (const held of [...made, ...made]) held.dispose();
  expect(backend.memory().liveBuffers).toBe(liveBuffers);
});
