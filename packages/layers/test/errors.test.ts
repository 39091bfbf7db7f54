import { type CpuBackend, createCpuBackend } from "@batchnorm/backend-cpu";
import { BatchNormError } from "@batchnorm/core";
import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, batchNorm } from "../src/index.js";
import { setUp, values } from "./helpers.js";

/** Calls as JavaScript would, past the types. */
const unchecked = <Value>(value: unknown) => value as Value;

describe("options", () => {
  const { backend } = setUp();
  it.each([
    ["eps", Number.NaN, /eps must be a finite number >= 0.*got NaN/],
    ["eps", -1e-5, /got -0.00001/],
    ["eps", Number.POSITIVE_INFINITY, /got Infinity/],
    ["eps", "1e-5", /got the string "1e-5"/],
    ["momentum", Number.NaN, /momentum must be a number from 0 to 1.*got NaN/],
    ["momentum", 1.1, /Keras and TensorFlow mean 1 - momentum.*got 1.1/],
    ["momentum", -0.1, /got -0.1/],
    ["momentum", "0.1", /got the string "0.1"/],
    ["affine", 1, /affine must be true or false, got 1/],
    ["bias", null, /bias must be true or false, got null/],
    ["trackRunningStats", "no", /trackRunningStats must be true or false, got the string "no"/],
    ["layout", "NCHW", /layout must be "channels-first" or "channels-last", got the string "NCHW"/],
    ["activation", "gelu", /activation must be "relu" or null, got the string "gelu"/],
    ["epsilon", 1e-3, /no option epsilon; its options are eps, momentum/],
  ])("refuses %s %s", (name, value, message) => {
    const error = thrown(() => new BatchNorm2d(backend, 4, unchecked({ [name]: value })));
    expect(error).toBeInstanceOf(BatchNormError);
    expect(error.code).toBe("ERR_OPTION");
    expect(error.message).toMatch(message);
  });

  it.each([0, -1, 1.5, Number.NaN, "64", null])("refuses %s features", (numFeatures) => {
    const error = thrown(() => new BatchNorm2d(backend, unchecked(numFeatures)));
    expect(error.code).toBe("ERR_OPTION");
    expect(error.message).toMatch(/numFeatures must be a positive integer/);
  });

  it("refuses a type that the backend does not compute in", () => {
    const error = thrown(() => new BatchNorm2d(backend, 4, unchecked({ dtype: "float16" })));
    expect(error.code).toBe("ERR_DTYPE");
    expect(error.message).toMatch(/float32 or float64.*"float16"/);
  });

  it("leaks nothing from a construction that fails", () => {
    const fresh = createCpuBackend();
    thrown(() => new BatchNorm2d(fresh, 4, { eps: -1 }));
    expect(fresh.memory().liveBuffers).toBe(0);
  });
});

describe("shapes", () => {
  const { backend } = setUp();
  const zeros = (shape: readonly number[]) => backend.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

  it.each([
    [BatchNorm1d, [2, 4, 1, 1], "expected 2D or 3D input (got 4D input)"],
    [BatchNorm1d, [4], "expected 2D or 3D input (got 1D input)"],
    [BatchNorm2d, [2, 4, 1], "expected 4D input (got 3D input)"],
    [BatchNorm3d, [2, 4, 1, 1], "expected 5D input (got 4D input)"],
  ] as const)("%o refuses %o with PyTorch's sentence", (layer, shape, sentence) => {
    const error = thrown(() => new layer(backend, 4).forward(zeros(shape)));
    expect(error.code).toBe("ERR_RANK");
    expect(error.message.startsWith(sentence)).toBe(true);
    expect(error.message).toContain(`the input has shape [${shape.join(", ")}]`);
  });

  it("refuses another number of channels, and suggests the other layout where that would fit", () => {
    const error = thrown(() => new BatchNorm2d(backend, 3).forward(zeros([2, 5, 5, 3])));
    expect(error.code).toBe("ERR_CHANNELS");
    expect(error.message).toMatch(/expected 3 channels on axis 1 \(channels-first\), got 5.*layout: "channels-last"/);
    expect(thrown(() => new BatchNorm2d(backend, 3).forward(zeros([2, 5, 5, 4]))).message).not.toContain("Say so");
  });

  it("refuses one value per channel wherever batch statistics are used", () => {
    const untracked = new BatchNorm1d(backend, 4, { trackRunningStats: false }).eval();
    for (const bn of [new BatchNorm1d(backend, 4), untracked]) {
      const error = thrown(() => bn.forward(zeros([1, 4])));
      expect(error.code).toBe("ERR_ONE_VALUE_PER_CHANNEL");
      expect(error.message).toContain("Expected more than 1 value per channel when training, got input size [1, 4]");
    }
  });

  it("refuses eps 0 in training only", () => {
    const bn = new BatchNorm1d(backend, 4, { eps: 0 });
    expect(thrown(() => bn.forward(zeros([2, 4]))).message).toMatch(/eps must be positive during training, but got 0/);
    expect(() => bn.eval().forward(zeros([2, 4]))).not.toThrow();
  });
});

describe("tensors", () => {
  it.each([
    ["an array of numbers", [1, 2], "ERR_FOREIGN_TENSOR"],
    ["a typed array", new Float32Array(4), "ERR_FOREIGN_TENSOR"],
    ["null", null, "ERR_FOREIGN_TENSOR"],
    ["an int32 tensor", { shape: [2, 2], dtype: "int32", dispose() {} }, "ERR_DTYPE"],
    ["a bool tensor", { shape: [2, 2], dtype: "bool", dispose() {} }, "ERR_DTYPE"],
    ["a tensor of something else", { shape: [2, 2], dtype: "float32", dispose() {} }, "ERR_FOREIGN_TENSOR"],
  ])("refuses %s", (_, x, code) => {
    const { backend } = setUp();
    const bn = new BatchNorm1d(backend, 2);
    expect(thrown(() => bn.forward(unchecked(x))).code).toBe(code);
    expect(bn.numBatchesTracked).toBe(0);
  });

  it("refuses a tensor of another backend of the same kind, and a disposed one", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 2);
    expect(thrown(() => bn.forward(createCpuBackend().tensor([1, 2, 3, 4], [2, 2]))).code).toBe("ERR_FOREIGN_TENSOR");
    const x = tensor([1, 2, 3, 4], [2, 2]);
    x.dispose();
    expect(thrown(() => bn.forward(x)).code).toBe("ERR_DISPOSED");
  });

  it("refuses x as out", () => {
    const { backend, tensor } = setUp();
    const x = tensor([1, 2, 3, 4], [2, 2]);
    expect(thrown(() => new BatchNorm1d(backend, 2).forward(x, { out: x })).code).toBe("ERR_ALIAS");
    expect([...x.values]).toEqual([1, 2, 3, 4]);
  });
});

describe("backward", () => {
  it("is refused before any forward, with a dy of another shape or type, and after dispose of the call", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 2);
    const dy = tensor([1, 2, 3, 4], [2, 2]);
    expect(thrown(() => bn.backward(dy))).toMatchObject({
      code: "ERR_NO_FORWARD",
      message: expect.stringContaining("forward(x) first"),
    });
    bn.forward(tensor([1, 2, 3, 4], [2, 2]));
    expect(thrown(() => bn.backward(tensor([1, 2], [1, 2])))).toMatchObject({
      code: "ERR_SHAPE",
      message: "dy must have the shape of y, [2, 2], got [1, 2]",
    });
    expect(thrown(() => bn.backward(backend.tensor(new Float64Array(4), [2, 2]))).code).toBe("ERR_DTYPE");
    const call = bn.call(tensor([1, 2, 3, 4], [2, 2]));
    call.dispose();
    expect(thrown(() => call.backward(dy)).code).toBe("ERR_NO_FORWARD");
    expect([...(bn.weight?.grad.values ?? [])]).toEqual([0, 0]);
  });
});

describe("other calls", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, "0.1"])("step refuses the rate %s", (rate) => {
    const { backend } = setUp();
    expect(thrown(() => new BatchNorm1d(backend, 2).step(unchecked(rate))).code).toBe("ERR_OPTION");
  });

  it("everything is refused after dispose, which may be repeated", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 2);
    bn.dispose();
    bn.dispose();
    for (const use of [
      () => bn.forward(tensor([1, 2], [1, 2])),
      () => bn.step(1),
      () => bn.zeroGrad(),
      () => bn.resetParameters(),
    ]) {
      expect(thrown(use).code).toBe("ERR_DISPOSED");
    }
  });

  it("batchNorm wants both running statistics or none, and some in inference", () => {
    const { backend, tensor } = setUp();
    const x = tensor([...values(4)], [2, 2]);
    const runningMean = backend.state([0, 0], [2]);
    expect(thrown(() => batchNorm(backend, x)).message).toMatch(
      /expected runningMean and runningVar when training is false/,
    );
    expect(thrown(() => batchNorm(backend, x, { runningMean, training: true })).message).toMatch(
      /got only runningMean/,
    );
    expect(thrown(() => batchNorm(backend, x, unchecked({ train: true }))).message).toMatch(/no option train/);
    expect(thrown(() => batchNorm(backend, x, { training: true, momentum: unchecked(null) })).code).toBe("ERR_OPTION");
    expect(thrown(() => batchNorm(backend, tensor([1, 2], [2]), { training: true })).code).toBe("ERR_RANK");
    expect(thrown(() => batchNorm(backend, tensor([], [2, 0]), { training: true })).code).toBe("ERR_CHANNELS");
  });
});

describe("an empty batch is checked as any other", () => {
  it("refuses a disposed one, one of another backend, and an out that does not fit, and counts nothing", () => {
    const { backend, tensor } = setUp();
    const bn = new BatchNorm1d(backend, 3);
    const empty = tensor([], [0, 3]);
    const disposed = tensor([], [0, 3]);
    disposed.dispose();
    const foreign = createCpuBackend().tensor([], [0, 3]);
    expect(thrown(() => bn.forward(disposed)).code).toBe("ERR_DISPOSED");
    expect(thrown(() => bn.forward(foreign)).code).toBe("ERR_FOREIGN_TENSOR");
    expect(thrown(() => bn.forward(empty, { out: tensor([1, 2, 3, 4], [4]) })).code).toBe("ERR_SHAPE");
    expect(bn.numBatchesTracked).toBe(0);
    const call = bn.call(empty);
    expect(thrown(() => call.backward(disposed)).code).toBe("ERR_DISPOSED");
    expect(thrown(() => call.backward(foreign)).code).toBe("ERR_FOREIGN_TENSOR");
    const weight = createCpuBackend().state([1, 1, 1], [3]);
    expect(thrown(() => batchNorm(backend, empty, { training: true, weight })).code).toBe("ERR_FOREIGN_TENSOR");
    expect(thrown(() => batchNorm(backend, empty, { training: true, weight: tensor([1, 1], [2]) })).code).toBe(
      "ERR_CHANNELS",
    );
  });
});

describe("out", () => {
  it("is never a parameter or a statistic, and is not written by a call that fails", () => {
    const { backend, tensor } = setUp();
    const x = tensor([1, 2, 3], [1, 3]);
    const state = (value: number) => backend.state([value, value, value], [1, 3]);
    const [runningMean, runningVar, weight] = [state(1), state(2), state(3)];
    for (const out of [runningMean, runningVar, weight]) {
      const before = [...out.values];
      expect(thrown(() => batchNorm(backend, x, { runningMean, runningVar, weight, out })).code).toBe("ERR_ALIAS");
      expect([...out.values]).toEqual(before);
    }
    const plain = tensor([5, 5, 5], [1, 3]);
    expect(thrown(() => batchNorm(backend, x, { runningMean, runningVar, weight: plain, out: plain })).code).toBe(
      "ERR_ALIAS",
    );
    expect([...plain.values]).toEqual([5, 5, 5]);

    const batch = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    const out = tensor([9, 9, 9, 9, 9, 9], [2, 3]);
    const fixed = tensor([0, 0, 0], [3]);
    const short = backend.state([0, 0], [2]);
    const training = { training: true, out } as const;
    expect(thrown(() => batchNorm(backend, batch, { ...training, runningMean: fixed, runningVar: fixed })).code).toBe(
      "ERR_ALIAS",
    );
    expect(
      thrown(() => batchNorm(backend, batch, { ...training, runningMean: short, runningVar: short })),
    ).toMatchObject({
      code: "ERR_CHANNELS",
      message: "runningMean must hold one value for each of the 3 channels, got shape [2]",
    });
    expect([...out.values]).toEqual([9, 9, 9, 9, 9, 9]);
  });
});

describe("a misspelt option is refused wherever there are options", () => {
  const { backend, tensor } = setUp();
  const bn = new BatchNorm1d(backend, 2);
  const x = tensor([1, 2, 3, 4], [2, 2]);
  const call = bn.call(x);
  it.each<[string, () => unknown]>([
    ["freeze", () => bn.freeze(unchecked({ paramters: true }))],
    ["forward", () => bn.forward(x, unchecked({ ouT: x }))],
    ["backward", () => call.backward(x, unchecked({ need: {} }))],
    ["needs", () => call.backward(x, unchecked({ needs: { dX: true } }))],
    ["needs.dx", () => call.backward(x, unchecked({ needs: { dx: "no" } }))],
    ["loadStateDict", () => bn.loadStateDict({}, unchecked({ Strict: false }))],
    ["createCpuBackend", () => createCpuBackend(unchecked({ maxBytes: 1 }))],
  ])("%s", (_, use) => {
    expect(thrown(use).code).toBe("ERR_OPTION");
    expect(bn.frozen).toBe(false);
  });
});

it.each(["cpu", undefined, null, {}])("refuses %s as a backend", (backend) => {
  for (const use of [
    () => new BatchNorm1d(unchecked<CpuBackend>(backend), 3),
    () => batchNorm(unchecked<CpuBackend>(backend), unchecked({})),
  ]) {
    expect(thrown(use)).toMatchObject({ code: "ERR_OPTION", message: expect.stringContaining("createCpuBackend()") });
  }
});
