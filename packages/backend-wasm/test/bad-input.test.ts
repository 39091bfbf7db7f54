import { BatchNormError, DTypeError, OptionError, type Pass, ResourceError } from "@batchnorm/core";
import { everything, makeBatch, upload } from "@batchnorm/testing/batch";
import { Random } from "@batchnorm/testing/random";
import { thrown } from "@batchnorm/testing/thrown";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { createWasmBackend, type WasmBackend, type WasmBackendOptions, type WasmTensor } from "../src/node.js";
import { bytes, expectSameBits, resultsOf } from "./helpers/results.js";

const view = { outer: 6, channels: 3, inner: 4 };
const batch = makeBatch(new Random(263), view);

const backend = await createWasmBackend({ threads: 2 });
const other = await createWasmBackend({ threads: 1 });

afterAll(() => backend.close());

/** The inputs of every operation, any of which may be replaced by a bad one. */
function inputsOn(on: WasmBackend) {
  const { pass, dy } = upload(on, batch);
  const { x, weight, bias } = pass;
  const state = (value: number) => on.state([value, value, value], [3]);
  const moments = on.moments(pass);
  const out = on.tensor(batch.x, x.shape);
  const sums = on.gradientSums(pass, moments, dy);
  return { x, dy, weight, bias, mean: state(0), variance: state(1), moments, sums, out };
}

type Inputs = ReturnType<typeof inputsOn>;
type Role = keyof Inputs;

/** Every operation on what a backend has made, with the inputs that it takes. */
function operationsOn(b: WasmBackend): Record<string, { takes: Role[]; run: (t: Inputs) => unknown }> {
  const passOf = ({ x, weight, bias }: Inputs): Pass<WasmTensor> => {
    return { x, view, weight, bias, eps: 1e-5, activation: null };
  };
  return {
    train: { takes: ["x", "weight", "bias", "out"], run: (t) => b.train(passOf(t), t.out) },
    "apply by moments": {
      takes: ["x", "weight", "bias", "moments", "out"],
      run: (t) => b.apply(passOf(t), t.moments, t.out),
    },
    "apply by statistics": {
      takes: ["x", "weight", "bias", "mean", "variance", "out"],
      run: (t) => b.apply(passOf(t), t, t.out),
    },
    "backward by moments": {
      takes: ["dy", "x", "weight", "bias", "moments", "out"],
      run: (t) => b.backward(passOf(t), t.moments, t.dy, { ...everything, out: t.out }),
    },
    "backward by moments and sums": {
      takes: ["dy", "x", "weight", "bias", "moments", "sums", "out"],
      run: (t) => b.backward(passOf(t), t.moments, t.dy, { ...everything, out: t.out, sums: t.sums }),
    },
    "backward by statistics": {
      takes: ["dy", "x", "weight", "bias", "mean", "variance", "out"],
      run: (t) => b.backward(passOf(t), t, t.dy, { ...everything, out: t.out }),
    },
    moments: { takes: ["x"], run: (t) => b.moments({ x: t.x, view }) },
    gradientSums: {
      takes: ["dy", "x", "weight", "bias", "moments"],
      run: (t) => b.gradientSums(passOf(t), t.moments, t.dy),
    },
    "merge of moments": { takes: ["moments"], run: (t) => b.merge([t.moments]) },
    "merge of gradient sums": { takes: ["sums"], run: (t) => b.merge([t.sums]) },
    move: { takes: ["mean", "variance", "moments"], run: (t) => b.move(t, t.moments, 0.1, 1) },
    assign: { takes: ["mean", "variance"], run: (t) => b.assign(t.mean, t.variance) },
    axpy: { takes: ["mean", "variance"], run: (t) => b.axpy(1, t.mean, t.variance) },
    retain: { takes: ["x"], run: (t) => b.retain(t.x) },
  };
}

const good = inputsOn(backend);
const foreign = inputsOn(other);
const pairs = Object.entries(operationsOn(backend)).flatMap(([name, { takes, run }]) =>
  takes.map((role) => ({ name, role, run })),
);

/** What `work` throws, after which nothing was changed and nothing is held. */
function refused(work: () => unknown): unknown {
  const valuesOf = () => Object.values(good).map(({ values }) => Buffer.from(bytes(values)));
  const before = valuesOf();
  const { liveBuffers } = backend.memory();
  const error = thrown(work);
  expect(error).toBeInstanceOf(BatchNormError);
  expect(backend.memory().liveBuffers).toBe(liveBuffers);
  expect(valuesOf()).toEqual(before);
  return error;
}

const message = (text: string) => expect.stringContaining(text);

describe("what another wasm backend has made, whose memory is another, is refused", () => {
  it.each(pairs)("by $name as $role", ({ role, run }) => {
    const bad = foreign[role];
    const text =
      "shape" in bad
        ? `expected a tensor of this wasm backend, got one of another backend, of shape [${bad.shape.join(", ")}]`
        : `expected ${role === "sums" ? "gradient sums" : role} of this wasm backend`;
    expect(refused(() => run({ ...good, [role]: bad }))).toMatchObject({
      name: "TensorError",
      code: "ERR_FOREIGN_TENSOR",
      message: message(text),
    });
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
});

it("a tensor of the most elements that there may be is refused where it is more than the memory has", () => {
  const error = refused(() => backend.tensor(new Uint8Array(2 ** 30), [2 ** 30]));
  expect(error).toMatchObject({
    code: "ERR_OUT_OF_MEMORY",
    message: message("a buffer of 4096 MB was asked for, and of the 4095 MB that this wasm backend may have"),
  });
});

describe("after its close", () => {
  it("a backend refuses all work, tensors keep their values, and what it holds can be given back", async () => {
    const closed = await createWasmBackend({ threads: 2 });
    const t = inputsOn(closed);
    const spare = closed.tensor([1, 2], [2]);
    const exported = [await t.moments.export(), await t.sums.export()] as const;
    closed.close();
    closed.close(); // again does nothing
    expect(closed.capabilities.threads).toBe(1);
    const before = closed.memory();
    const all: Record<string, () => unknown> = {
      tensor: () => closed.tensor([1], [1]),
      state: () => closed.state([1], [1]),
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
    expect([await t.moments.export(), await t.sums.export()]).toEqual(exported);
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
    const fresh = await import("../src/node.js");
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
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const why = "this engine has no SharedArrayBuffer";
    for (const threads of [4, 1, undefined]) {
      const alone = await createWasmBackend({ threads });
      expect(alone.capabilities).toMatchObject({ threads: 1, ...(threads !== 1 && { whyOneThread: why }) });
      expectSameBits(await resultsOf(alone, large), expected);
    }
    expect(warn.mock.calls).toEqual([[`@batchnorm/backend-wasm computes on one thread: ${why}`]]);
    warn.mockRestore();
    await expect(createWasmBackend({ threads: 0 })).rejects.toMatchObject({ code: "ERR_OPTION" });
  });
});

it("more channels than there is working memory for are refused, and nothing is touched", async () => {
  const backend = await createWasmBackend({ threads: 1, maximumMemory: 2 ** 27 });
  const x = backend.tensor(new Float32Array(3_000_000).fill(1), [3_000_000]);
  const view = { outer: 1, channels: 200_000, inner: 15 };
  expect(() => backend.moments({ x, view })).toThrow(expect.objectContaining({ code: "ERR_OUT_OF_MEMORY" }));
  expect(x.values.every((value) => value === 1)).toBe(true);
  backend.close();
});

it("no channels are a batch like any other", async () => {
  const backend = await createWasmBackend({ threads: 1 });
  const x = backend.tensor([], [5, 0]);
  const view = { outer: 5, channels: 0, inner: 1 };
  const { y } = backend.train({ x, view, weight: null, bias: null, eps: 1e-5, activation: null }, null);
  expect(y.shape).toEqual([5, 0]);
  backend.close();
});
