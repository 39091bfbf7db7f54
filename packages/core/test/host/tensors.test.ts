import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { PlainEngine } from "../helpers/plain-engine.js";

const engine = new PlainEngine();
const backend = hostBackend(engine);

describe("a tensor", () => {
  it("is a copy of its values, with their type and shape", () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const shape = [2, 3];
    const x = backend.tensor(values, shape);
    values.fill(0);
    shape[0] = 9;
    expect(x.shape).toEqual([2, 3]);
    expect(x.dtype).toBe("float32");
    expect([...x.values]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ["Float64Array", Float64Array.of(0.1), undefined, "float64", 0.1],
    ["Float64Array as float32", Float64Array.of(0.1), "float32", "float32", Math.fround(0.1)],
    ["Float32Array as float64", Float32Array.of(0.1), "float64", "float64", Math.fround(0.1)],
    ["plain numbers", [0.1], undefined, "float32", Math.fround(0.1)],
    ["plain numbers as float64", [0.1], "float64", "float64", 0.1],
    ["bytes", Uint8Array.of(200), undefined, "float32", 200],
  ] as const)("of %s", (_, values, asked, dtype, value) => {
    for (const x of [backend.tensor(values, [1], asked), backend.state(values, [1], asked)]) {
      expect(x.dtype).toBe(dtype);
      expect(x.values[0]).toBe(value);
    }
  });

  it("of no dimension holds one value", () => {
    expect([...backend.tensor([5], []).values]).toEqual([5]);
  });

  it("gives a copy by data(), and a live view by values", async () => {
    const x = backend.tensor([1, 2], [2]);
    const data = await x.data();
    expect(data).toEqual(Float32Array.of(1, 2));
    data[0] = 7;
    expect(x.values[0]).toBe(1);
    x.values[1] = 8;
    expect(await x.data()).toEqual(Float32Array.of(1, 8));
  });

  it("gives the values of the moment at which data() is called", async () => {
    const state = backend.state([1, 2], [2]);
    const data = state.data();
    backend.axpy(1, state, state);
    state.dispose();
    expect(await data).toEqual(Float32Array.of(1, 2));
  });

  it("lies in the memory that the engine gave", () => {
    const x = backend.tensor([1], [1]);
    expect(engine.live).toContain(x.memory);
    expect(x.memory.array).toBe(x.values);
  });
});

describe("a disposed tensor", () => {
  it("refuses its values, its memory and its data", async () => {
    const x = backend.tensor([1, 2], [2]);
    x.dispose();
    const gone = { code: "ERR_DISPOSED", message: expect.stringContaining("[2]") };
    expect(thrown(() => x.values)).toMatchObject(gone);
    expect(thrown(() => x.memory)).toMatchObject(gone);
    await expect(x.data()).rejects.toMatchObject({ code: "ERR_DISPOSED" });
    expect(x.shape).toEqual([2]);
  });

  it("may be disposed again: its buffer, now another's, is left alone", () => {
    const { liveBuffers } = backend.memory();
    const x = backend.tensor([1, 2], [2]);
    x.dispose();
    const y = backend.tensor([3, 4], [2]);
    x.dispose();
    const z = backend.tensor([5, 6], [2]);
    expect([...y.values]).toEqual([3, 4]);
    expect(backend.memory().liveBuffers).toBe(liveBuffers + 2);
    y.dispose();
    z.dispose();
    expect(backend.memory().liveBuffers).toBe(liveBuffers);
  });

  it("is disposed at the end of a scope that uses it", () => {
    const before = backend.memory().liveBuffers;
    const x = backend.tensor([1], [1]);
    x[Symbol.dispose]();
    expect(backend.memory().liveBuffers).toBe(before);
    expect(() => x.values).toThrow(/used after its dispose/);
  });
});

describe("retaining", () => {
  it("a tensor keeps its buffer past its owner's dispose", () => {
    const before = backend.memory().liveBuffers;
    const x = backend.tensor([1, 2], [2]);
    const held = backend.retain(x);
    expect(backend.memory().liveBuffers).toBe(before + 1); // one buffer, two handles
    x.dispose();
    expect([...held.values]).toEqual([1, 2]);
    expect(held).toMatchObject({ shape: [2], dtype: "float32" });
    held.dispose();
    expect(backend.memory().liveBuffers).toBe(before);
  });

  it("a handle keeps the buffer as its owner does, also where it goes first", () => {
    const x = backend.tensor([1, 2], [2]);
    const held = backend.retain(x);
    const again = backend.retain(held);
    held.dispose();
    held.dispose();
    x.dispose();
    expect([...again.values]).toEqual([1, 2]);
  });

  it("a state keeps the values of that moment, whatever is written later", () => {
    const state = backend.state(Float64Array.of(0.1, 2), [2]);
    const held = backend.retain(state);
    backend.assign(state, backend.tensor([7, 8], [2]));
    backend.axpy(1, state, state);
    expect([...held.values]).toEqual([0.1, 2]);
    expect([...state.values]).toEqual([14, 16]);
    state.dispose();
    expect([...held.values]).toEqual([0.1, 2]);
    expect(held).toMatchObject({ shape: [2], dtype: "float64" });
  });

  it("a state gives no state", () => {
    const held = backend.retain(backend.state([1], [1]));
    expect(() => backend.axpy(1, held, held)).toThrow(/only a state is written/);
  });
});
