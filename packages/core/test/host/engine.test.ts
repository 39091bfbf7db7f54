import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { type HostTensor, hostBackend, type Kernels } from "../../src/host/index.js";
import { type BackwardOptions, type DType, type Pass, ResourceError } from "../../src/index.js";
import { bitsOf, everyOperation, makeInputs } from "../helpers/operations.js";
import { FusedEngine, PlainEngine } from "../helpers/plain-engine.js";

const view = { outer: 5, channels: 3, inner: 2 };

describe("a backend of kernels alone", () => {
  it("has the engine's name and types, one thread, tensors in host memory, and nothing to wait for", async () => {
    const backend = hostBackend(new PlainEngine());
    expect(backend.name).toBe("plain");
    expect(backend.capabilities).toEqual({ dtypes: ["float32", "float64"], hostVisible: true, threads: 1 });
    await expect(backend.sync()).resolves.toBeUndefined();
  });

  it("goes on working after close", () => {
    const backend = hostBackend(new PlainEngine());
    const x = backend.tensor([1, 2], [2]);
    backend.close();
    expect([...x.values]).toEqual([1, 2]);
    expect([...backend.retain(x).values]).toEqual([1, 2]);
  });

  it("keeps apart from another of the same engine", () => {
    const engine = new PlainEngine();
    const [a, b] = [hostBackend(engine), hostBackend(engine)];
    const x = a.tensor([1], [1]);
    expect(thrown(() => b.retain(x))).toMatchObject({ code: "ERR_FOREIGN_TENSOR" });
    expect(b.memory().liveBuffers).toBe(0);
  });
});

describe("an engine of one type", () => {
  class OneType extends PlainEngine {
    override readonly dtypes: readonly DType[] = ["float32"];
  }
  const backend = hostBackend(new OneType());

  it.each(["tensor", "state"] as const)("is not given another: %s", (kind) => {
    const error = {
      name: "DTypeError",
      code: "ERR_DTYPE",
      message: expect.stringContaining("the plain backend computes in float32, got float64"),
    };
    expect(thrown(() => backend[kind](Float64Array.of(1), [1]))).toMatchObject(error);
    expect(thrown(() => backend[kind]([1], [1], "float64"))).toMatchObject(error);
    expect(backend[kind](Float64Array.of(1), [1], "float32").dtype).toBe("float32");
    expect(backend.capabilities.dtypes).toEqual(["float32"]);
  });
});

describe("what an engine knows better", () => {
  it("is how many threads compute now", () => {
    class Threaded extends PlainEngine {
      threads = 4;
    }
    const engine = new Threaded();
    const backend = hostBackend(engine);
    expect(backend.capabilities.threads).toBe(4);
    engine.threads = 1;
    expect(backend.capabilities).toEqual({ dtypes: ["float32", "float64"], hostVisible: true, threads: 1 });
  });

  it("is what it holds", () => {
    class Counting extends PlainEngine {
      memory() {
        return { liveBuffers: 7, pooledBytes: 800 };
      }
    }
    expect(hostBackend(new Counting()).memory()).toEqual({ liveBuffers: 7, pooledBytes: 800 });
  });
});

describe("an engine is asked for", () => {
  const both = { dx: true, affine: true };
  const dx = { dx: true, affine: false };
  const affine = { dx: false, affine: true };

  /** What passes ask for, besides memory. */
  function askedBy(engine: PlainEngine): Record<string, string[]> {
    const backend = hostBackend(engine);
    const t = makeInputs(backend, view);
    const { dy, moments, sums } = t;
    const asked = (run: () => unknown) => {
      const before = engine.asked.length;
      run();
      return engine.asked.slice(before).filter((what) => what !== "allocate");
    };
    type Options = Partial<BackwardOptions<HostTensor>> & { pass?: Pass<HostTensor> };
    const backward = (needs: typeof both, source: typeof moments | typeof t, { pass = t, ...o }: Options = {}) =>
      asked(() => backend.backward(pass, source, dy, { needs, out: null, sums: null, ...o }));
    return {
      train: asked(() => backend.train(t, null)),
      backward: backward(both, moments),
      "dx alone": backward(dx, moments),
      "parameters alone": backward(affine, moments),
      "with sums": backward(both, moments, { sums }),
      "parameters alone with sums": backward(affine, moments, { sums }),
      "by statistics": backward(both, t),
      "dx alone by statistics": backward(dx, t),
      "without parameters, by statistics": backward(both, t, { pass: { ...t, weight: null, bias: null } }),
    };
  }

  it("the kernels that a pass needs, one after the other", () => {
    expect(askedBy(new PlainEngine())).toEqual({
      train: ["moments", "apply"],
      backward: ["gradientSums", "inputGradient"],
      "dx alone": ["gradientSums", "inputGradient"],
      "parameters alone": ["gradientSums"],
      "with sums": ["inputGradient"],
      "parameters alone with sums": [],
      "by statistics": ["gradientSums", "inputGradient"],
      "dx alone by statistics": ["inputGradient"],
      "without parameters, by statistics": ["inputGradient"],
    });
  });

  it("a fused kernel, where it has one", () => {
    const { train, ...backward } = askedBy(new FusedEngine());
    expect(train).toEqual(["train"]);
    for (const [name, asked] of Object.entries(backward)) expect(asked, name).toEqual(["backward"]);
  });
});

describe("an engine that was closed", () => {
  class Closing extends PlainEngine implements Kernels {
    isClosed = false;

    checkOpen(): void {
      if (this.isClosed) throw new ResourceError("ERR_CLOSED", "the plain backend was closed");
    }

    close(): void {
      this.isClosed = true;
    }
  }

  it.each(everyOperation)("is asked before %s does anything", (_, { run }) => {
    const engine = new Closing();
    const backend = hostBackend(engine);
    const inputs = makeInputs(backend, view);
    const before = bitsOf(inputs);
    const { length: asked } = engine.asked;
    backend.close();
    expect(thrown(() => run(backend, inputs))).toMatchObject({ code: "ERR_CLOSED" });
    expect(engine.asked).toHaveLength(asked);
    expect(bitsOf(inputs)).toEqual(before);
  });

  it("still shows what is there, and takes it back", async () => {
    const engine = new Closing();
    const backend = hostBackend(engine);
    const { x, moments } = makeInputs(backend, view);
    const values = [...x.values];
    backend.close();
    expect([...(await x.data())]).toEqual(values);
    expect(await moments.export()).toHaveLength(10);
    const { size } = engine.live;
    x.dispose();
    moments.dispose();
    expect(engine.live.size).toBe(size - 2);
  });
});
