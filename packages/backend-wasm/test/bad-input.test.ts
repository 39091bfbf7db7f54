import {
  BatchNormError,
  DTypeError,
  type HostStorage,
  HostTensor,
  type Moments,
  OptionError,
  ResourceError,
  type Values,
} from "@batchnorm/core";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { createWasmBackend, type WasmBackend, type WasmBackendOptions, type WasmTensor } from "../src/index.js";
import { makeBatch, upload } from "./helpers/batch.js";
import { Random } from "./helpers/random.js";
import { bytes, expectSameBits, resultsOf } from "./helpers/results.js";
import { thrown } from "./helpers/thrown.js";

const view = { outer: 6, channels: 3, inner: 4 };
const shape = [6, 3, 4];
const batch = makeBatch(new Random(263), view);
const o = { eps: 1e-5, activation: null, out: null, needs: { dx: true, affine: true } };

const backend = await createWasmBackend({ threads: 2 });
const other = await createWasmBackend({ threads: 1 });

afterAll(() => backend.close());

/** The inputs of every operation, any of which may be replaced by a bad one. */
function inputsOn(on: WasmBackend) {
  const { x, dy, p } = upload(on, batch);
  const state = (value: number) => on.state([value, value, value], [3]);
  const moments = on.moments(x, view);
  const sums = on.gradientSums(dy, x, view, moments, p, o);
  return { x, dy, ...p, mean: state(0), variance: state(1), moments, sums };
}

type Inputs = ReturnType<typeof inputsOn>;
type Role = "x" | "dy" | "weight" | "bias" | "mean" | "variance";
type Run = (t: Inputs, out?: WasmTensor) => unknown;

/** Every operation on tensors, with the inputs that it takes. */
function operationsOn(b: WasmBackend): Record<string, { takes: Role[]; takesOut?: boolean; run: Run }> {
  const to = (out: WasmTensor | null = null) => ({ ...o, out });
  return {
    train: { takes: ["x", "weight", "bias"], takesOut: true, run: (t, out) => b.train(t.x, view, t, to(out)) },
    infer: {
      takes: ["x", "weight", "bias", "mean", "variance"],
      takesOut: true,
      run: (t, out) => b.infer(t.x, view, t, t, to(out)),
    },
    "backward of training": {
      takes: ["dy", "x", "weight", "bias"],
      takesOut: true,
      run: (t, out) => b.backward(t.dy, t.x, view, { moments: t.moments }, t, to(out)),
    },
    "backward of inference": {
      takes: ["dy", "x", "weight", "bias", "mean", "variance"],
      takesOut: true,
      run: (t, out) => b.backward(t.dy, t.x, view, { statistics: t }, t, to(out)),
    },
    moments: { takes: ["x"], run: (t) => b.moments(t.x, view) },
    normalize: {
      takes: ["x", "weight", "bias"],
      takesOut: true,
      run: (t, out) => b.normalize(t.x, view, t.moments, t, to(out)),
    },
    gradientSums: {
      takes: ["dy", "x", "weight", "bias"],
      run: (t) => b.gradientSums(t.dy, t.x, view, t.moments, t, o),
    },
    gradients: {
      takes: ["dy", "x", "weight", "bias"],
      takesOut: true,
      run: (t, out) => b.gradients(t.dy, t.x, view, t.moments, t.sums, t, to(out)),
    },
    move: { takes: ["mean", "variance"], run: (t) => b.move(t, t.moments, 0.1, 1) },
    assign: { takes: ["mean", "variance"], run: (t) => b.assign(t.mean, t.variance) },
    axpy: { takes: ["mean", "variance"], run: (t) => b.axpy(1, t.mean, t.variance) },
    retain: { takes: ["x"], run: (t) => b.retain(t.x) },
    checkState: { takes: ["mean"], run: (t) => b.checkState(t.mean) },
  };
}

const good = inputsOn(backend);
const foreign = inputsOn(other);
const operations = operationsOn(backend);
const pairs = Object.entries(operations).flatMap(([name, { takes, run }]) =>
  takes.map((role) => ({ name, role, run })),
);
const withOut = Object.entries(operations)
  .filter(([, { takesOut }]) => takesOut)
  .map(([name, { run }]) => ({ name, run }));
const roles: Role[] = ["x", "dy", "weight", "bias", "mean", "variance"];

/** What `work` throws, after which nothing was changed and nothing is held. */
function refused(work: () => unknown): unknown {
  const before = roles.map((role) => Buffer.from(bytes(good[role].values)));
  const { liveBuffers } = backend.memory();
  const error = thrown(work);
  expect(error).toBeInstanceOf(BatchNormError);
  expect(backend.memory().liveBuffers).toBe(liveBuffers);
  expect(roles.map((role) => Buffer.from(bytes(good[role].values)))).toEqual(before);
  return error;
}

/** A tensor as another backend in host memory has them, such as @batchnorm/backend-cpu. */
function hostTensor(values: Float32Array, of: readonly number[]): WasmTensor {
  const storage: HostStorage = { array: values, share: () => storage, release() {} } as HostStorage;
  return new HostTensor({}, of, "float32", storage, true) as unknown as WasmTensor;
}

const message = (text: string) => expect.stringContaining(text);

describe.each(pairs)("$name refuses a $role", ({ role, run }) => {
  const { values, shape: of } = good[role];

  it("of another wasm backend, whose memory is another", () => {
    expect(refused(() => run({ ...good, [role]: foreign[role] }))).toMatchObject({
      name: "TensorError",
      code: "ERR_FOREIGN_TENSOR",
      message: message(
        `expected a tensor of this wasm backend, got one of another backend, of shape [${of.join(", ")}]`,
      ),
    });
  });

  it("of a backend of another kind", () => {
    const bad = hostTensor(values as Float32Array, of);
    expect(refused(() => run({ ...good, [role]: bad }))).toMatchObject({ code: "ERR_FOREIGN_TENSOR" });
  });

  it("that is none", () => {
    const text = "expected a tensor of this wasm backend, got a Float32Array of length";
    expect(refused(() => run({ ...good, [role]: values as unknown as WasmTensor }))).toMatchObject({
      code: "ERR_FOREIGN_TENSOR",
      message: message(text),
    });
  });

  it("that was disposed", () => {
    const disposed = backend.state(values, of);
    disposed.dispose();
    expect(refused(() => run({ ...good, [role]: disposed }))).toMatchObject({ code: "ERR_DISPOSED" });
  });
});

describe.each(pairs.filter(({ name }) => name !== "retain" && name !== "checkState"))(
  "$name refuses a $role",
  ({ role, run }) => {
    it("of another size", () => {
      const length = good[role].values.length + 1;
      const bad = backend.state(new Float32Array(length), [length]);
      expect(refused(() => run({ ...good, [role]: bad }))).toMatchObject({
        name: "ShapeError",
        message: message(`[${length}]`),
      });
      bad.dispose();
    });
  },
);

describe.each(withOut)("the out of $name", ({ run }) => {
  it("cannot be x, nor what shares its buffer", () => {
    const shared = backend.retain(good.x);
    for (const out of [good.x, shared]) {
      expect(refused(() => run(good, out))).toMatchObject({ code: "ERR_ALIAS", message: message("out must not be x") });
    }
    shared.dispose();
  });

  it("cannot be a state", () => {
    const state = backend.state(batch.x, shape);
    expect(refused(() => run(good, state))).toMatchObject({
      code: "ERR_ALIAS",
      message: message("out must not be a state"),
    });
    expect(bytes(state.values).equals(bytes(batch.x))).toBe(true);
    state.dispose();
  });

  it("cannot be of another shape, another backend, or disposed", () => {
    const wide = backend.tensor(new Float32Array(75), [75]);
    const disposed = backend.tensor(batch.x, shape);
    disposed.dispose();
    expect(refused(() => run(good, wide))).toMatchObject({ code: "ERR_SHAPE" });
    expect(refused(() => run(good, foreign.dy))).toMatchObject({ code: "ERR_FOREIGN_TENSOR" });
    expect(refused(() => run(good, disposed))).toMatchObject({ code: "ERR_DISPOSED" });
    wide.dispose();
  });
});

describe("an out that has the size of a parameter or a statistic", () => {
  const narrow = { outer: 1, channels: 3, inner: 1 };

  it.each(["weight", "bias", "mean", "variance"] as const)("cannot be the %s", (role) => {
    const [x, dy, one] = [1, 2, 3].map((value) => backend.tensor([value, value, value], [3])) as [
      WasmTensor,
      WasmTensor,
      WasmTensor,
    ];
    const t = { ...good, [role]: one };
    const on = { ...o, out: one };
    const { moments, sums } = good;
    const ofStatistics = [
      () => backend.infer(x, narrow, t, t, on),
      () => backend.backward(dy, x, narrow, { statistics: t }, t, on),
    ];
    const ofParameters = [
      () => backend.train(x, narrow, t, on),
      () => backend.normalize(x, narrow, moments, t, on),
      () => backend.backward(dy, x, narrow, { moments }, t, on),
      () => backend.gradients(dy, x, narrow, moments, sums, t, on),
    ];
    const isParameter = role === "weight" || role === "bias";
    for (const work of isParameter ? [...ofStatistics, ...ofParameters] : ofStatistics) {
      expect(refused(work)).toMatchObject({ code: "ERR_ALIAS", message: message("a parameter or statistic") });
    }
    expect([...one.values]).toEqual([3, 3, 3]);
    for (const tensor of [x, dy, one]) tensor.dispose();
  });
});

describe("moments and gradient sums", () => {
  const uses: [string, (moments: Moments) => unknown][] = [
    ["backward", (moments) => backend.backward(good.dy, good.x, view, { moments }, good, o)],
    ["normalize", (moments) => backend.normalize(good.x, view, moments, good, o)],
    ["gradientSums", (moments) => backend.gradientSums(good.dy, good.x, view, moments, good, o)],
    ["move", (moments) => backend.move(good, moments, 0.1, 1)],
    ["merge", (moments) => backend.merge([good.moments, moments])],
  ];

  it.each(uses)("of another backend, of other channels, disposed, or none are refused by %s", (_, use) => {
    expect(refused(() => use(foreign.moments))).toMatchObject({ code: "ERR_FOREIGN_TENSOR" });
    expect(refused(() => use({ count: 24, dispose() {} }))).toMatchObject({ code: "ERR_FOREIGN_TENSOR" });
    const four = backend.importMoments(new Float64Array(13).fill(2));
    expect(refused(() => use(four))).toBeInstanceOf(BatchNormError);
    four.dispose();
    const three = backend.importMoments(new Float64Array(10).fill(2));
    three.dispose();
    expect(refused(() => use(three))).toMatchObject({ code: "ERR_DISPOSED" });
    three.dispose(); // again does nothing
  });

  it("as sums are refused likewise", () => {
    const { dy, x, moments } = good;
    for (const bad of [foreign.sums, { dispose() {} }]) {
      expect(refused(() => backend.gradients(dy, x, view, moments, bad, good, o))).toMatchObject({
        code: "ERR_FOREIGN_TENSOR",
      });
      expect(refused(() => backend.mergeGradientSums([good.sums, bad]))).toMatchObject({ code: "ERR_FOREIGN_TENSOR" });
    }
    const four = backend.importGradientSums(new Float64Array(8));
    expect(refused(() => backend.gradients(dy, x, view, moments, four, good, o))).toMatchObject({ code: "ERR_OPTION" });
    expect(refused(() => backend.mergeGradientSums([good.sums, four]))).toMatchObject({ code: "ERR_OPTION" });
    four.dispose();
    expect(refused(() => backend.mergeGradientSums([four]))).toMatchObject({ code: "ERR_DISPOSED" });
    four.dispose();
  });

  it("that cannot be are not imported", () => {
    for (const bad of [new Float64Array(3), new Float64Array([-1, 0, 0, 0]), new Float32Array(4)] as Float64Array[]) {
      expect(refused(() => backend.importMoments(bad))).toBeInstanceOf(OptionError);
    }
    for (const bad of [new Float64Array(3), new Float64Array(0), [1, 2]] as Float64Array[]) {
      expect(refused(() => backend.importGradientSums(bad))).toBeInstanceOf(OptionError);
    }
    expect(refused(() => backend.merge([]))).toBeInstanceOf(OptionError);
  });

  it("of one value do not move a variance with correction 1", () => {
    const one = backend.importMoments(new Float64Array(10).fill(1));
    expect(refused(() => backend.move(good, one, 0.1, 1))).toMatchObject({ code: "ERR_OPTION" });
    one.dispose();
  });
});

describe("values of a type that is not computed in", () => {
  it.each([
    ["a Float64Array", () => backend.tensor(new Float64Array(2), [2])],
    ["dtype float64", () => backend.state([1, 2], [2], "float64")],
  ])("(%s) are refused, and the backend that takes them is named", (_, work) => {
    const error = refused(work);
    expect(error).toBeInstanceOf(DTypeError);
    expect(error).toMatchObject({
      message:
        'the wasm backend computes in float32, got float64; ask for dtype "float32", or use a backend that computes in float64, such as createCpuBackend()',
    });
  });

  it("are converted where that is asked for", () => {
    const tensor = backend.tensor(new Float64Array([0.1, 2]), [2], "float32");
    expect([...tensor.values]).toEqual([Math.fround(0.1), 2]);
    tensor.dispose();
    const pixels = backend.tensor(new Uint8Array([1, 255]), [2]);
    expect([...pixels.values]).toEqual([1, 255]);
    pixels.dispose();
  });

  it.each([
    ["an Int32Array", new Int32Array(2), "got an Int32Array of length 2"],
    ["a BigInt64Array", new BigInt64Array(2), "got a BigInt64Array of length 2"],
    ["a string", "12", 'got the string "12"'],
    ["nothing", undefined, "got undefined"],
    ["a list of other things", [1, "2"], 'got the string "2" at index 1'],
    ["lists in a list", [[1], [2]], "give the values flat"],
  ])("are refused where they are %s", (_, values, text) => {
    const error = refused(() => backend.tensor(values as unknown as Values, [2]));
    expect(error).toBeInstanceOf(DTypeError);
    expect(error).toMatchObject({ message: message(text) });
  });
});

describe("a shape", () => {
  it.each([
    [[2 ** 30 + 1], "a tensor has at most 1073741824 elements"],
    [[2 ** 20, 2 ** 20, 2 ** 20], "a tensor has at most 1073741824 elements"],
    [[2 ** 30], "has 1073741824 elements, but 3 values came"],
    [[4], "has 4 elements, but 3 values came"],
    [[-3], "-3"],
    [[1.5, 2], "1.5"],
    [[Number.NaN], "NaN"],
  ])("of %j is refused for three values", (of, text) => {
    expect(refused(() => backend.tensor([1, 2, 3], of))).toMatchObject({ name: "ShapeError", message: message(text) });
  });

  it("of the most elements there may be is more than the memory has", () => {
    const error = refused(() => backend.tensor(new Uint8Array(2 ** 30), [2 ** 30]));
    expect(error).toMatchObject({
      code: "ERR_OUT_OF_MEMORY",
      message: message("a buffer of 4096 MB was asked for, and of the 4095 MB that this wasm backend may have"),
    });
  });

  it("that does not fit its view is refused", () => {
    for (const wrong of [
      { outer: 6, channels: 3, inner: 5 },
      { outer: 2 ** 31, channels: 3, inner: 2 ** 31 },
      { outer: 6, channels: 3, inner: 0 },
    ]) {
      for (const work of [
        () => backend.train(good.x, wrong, good, o),
        () => backend.moments(good.x, wrong),
        () => backend.infer(good.x, wrong, good, good, o),
        () => backend.backward(good.dy, good.x, wrong, { moments: good.moments }, good, o),
      ]) {
        expect(refused(work)).toMatchObject({ code: "ERR_SHAPE", message: message("but its view") });
      }
    }
  });
});

describe("after its close", () => {
  it("a backend refuses all work, tensors keep their values, and what it holds can be given back", async () => {
    const closed = await createWasmBackend({ threads: 2 });
    const t = inputsOn(closed);
    const spare = closed.tensor([1, 2], [2]);
    const exported = [await closed.exportMoments(t.moments), await closed.exportGradientSums(t.sums)] as const;
    closed.close();
    closed.close(); // again does nothing
    expect(closed.capabilities.threads).toBe(1);
    const before = closed.memory();
    const all: Record<string, () => unknown> = {
      tensor: () => closed.tensor([1], [1]),
      state: () => closed.state([1], [1]),
      merge: () => closed.merge([t.moments]),
      mergeGradientSums: () => closed.mergeGradientSums([t.sums]),
      importMoments: () => closed.importMoments(exported[0]),
      importGradientSums: () => closed.importGradientSums(exported[1]),
    };
    for (const [name, { run }] of Object.entries(operationsOn(closed))) all[name] = () => run(t);
    for (const [name, work] of Object.entries(all)) {
      const error = thrown(work);
      expect(error, name).toBeInstanceOf(ResourceError);
      expect(error, name).toMatchObject({
        code: "ERR_CLOSED",
        message: message("the wasm backend was used after its close()"),
      });
    }
    expect(closed.memory()).toEqual(before);

    expect(bytes(t.x.values).equals(bytes(batch.x))).toBe(true);
    expect([...(await spare.data())]).toEqual([1, 2]);
    expect([await closed.exportMoments(t.moments), await closed.exportGradientSums(t.sums)]).toEqual(exported);
    await closed.sync();
    for (const held of [spare, ...Object.values(t)]) held.dispose();
    expect(closed.memory().liveBuffers).toBe(0);
  });
});

describe("an option", () => {
  it.each([
    [0, "got 0"],
    [-1, "got -1"],
    [1.5, "got 1.5"],
    [10_000, "got 10000"],
    ["2", 'got the string "2"'],
    [Number.NaN, "got NaN"],
    [null, "got null"],
  ])("threads cannot be %o", async (threads, came) => {
    const error = await createWasmBackend({ threads: threads as number }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({
      message: `threads must be an integer from 1 to 256, ${came}; leave it out for one per processor`,
    });
  });

  it("that does not exist is refused, and those that do are named", async () => {
    const options = { numThreads: 2, maxMemory: 1 } as WasmBackendOptions;
    await expect(createWasmBackend(options)).rejects.toMatchObject({
      code: "ERR_OPTION",
      message: "createWasmBackend has no option numThreads, maxMemory; its options are threads, maximumMemory",
    });
    await expect(createWasmBackend(4 as WasmBackendOptions)).rejects.toThrow(/must be an object, got 4/);
    await expect(createWasmBackend(null as unknown as WasmBackendOptions)).rejects.toThrow(
      /must be an object, got null/,
    );
  });
});

describe("an engine", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("without SIMD is told so, and what to use there", async () => {
    vi.resetModules();
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    const fresh = await import("../src/index.js");
    for (let i = 0; i < 2; i++) {
      await expect(fresh.createWasmBackend()).rejects.toMatchObject({
        name: "ResourceError",
        code: "ERR_UNSUPPORTED",
        message: expect.stringMatching(/128-bit SIMD.*createCpuBackend\(\) of @batchnorm\/backend-cpu/),
      });
    }
  });

  it("whose threads cannot share memory computes on one, whatever is asked", async () => {
    const large = makeBatch(new Random(269), { outer: 16, channels: 8, inner: 900 });
    const expected = await resultsOf(backend, large);
    vi.stubGlobal("SharedArrayBuffer", undefined);
    for (const threads of [undefined, 1, 4]) {
      const alone = await createWasmBackend({ threads });
      expect(alone.capabilities.threads).toBe(1);
      expectSameBits(await resultsOf(alone, large), expected);
    }
    await expect(createWasmBackend({ threads: 0 })).rejects.toMatchObject({ code: "ERR_OPTION" });
  });
});

it("more channels than there is working memory for are refused, and nothing is touched", async () => {
  const backend = await createWasmBackend({ threads: 1, maximumMemory: 2 ** 27 });
  const x = backend.tensor(new Float32Array(3_000_000).fill(1), [3_000_000]);
  const view = { outer: 1, channels: 200_000, inner: 15 };
  expect(() => backend.moments(x, view)).toThrow(expect.objectContaining({ code: "ERR_OUT_OF_MEMORY" }));
  expect(x.values.every((value) => value === 1)).toBe(true);
  backend.close();
});

it("no channels are a batch like any other", async () => {
  const backend = await createWasmBackend({ threads: 1 });
  const x = backend.tensor([], [5, 0]);
  const options = { eps: 1e-5, activation: null, out: null };
  const { y } = backend.train(x, { outer: 5, channels: 0, inner: 1 }, { weight: null, bias: null }, options);
  expect(y.shape).toEqual([5, 0]);
  backend.close();
});
