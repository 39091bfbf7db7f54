import { describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { PlainEngine } from "../helpers/plain-engine.js";

const backend = hostBackend(new PlainEngine());

describe("a state", () => {
  it("takes the values of another tensor by assign, and keeps its own type", () => {
    const state = backend.state([1, 2, 3], [3]);
    const from = backend.tensor(Float64Array.of(0.1, 5, 6), [3]);
    backend.assign(state, from);
    expect([...state.values]).toEqual([Math.fround(0.1), 5, 6]);
    from.values[1] = 9;
    expect(state.values[1]).toBe(5);
    backend.assign(state, state);
    expect(state.values[1]).toBe(5);
  });

  it("takes a multiple of another tensor by axpy", () => {
    const state = backend.state([1, 2, 3], [3]);
    backend.axpy(-0.5, backend.tensor([2, 4, 8], [3]), state);
    expect([...state.values]).toEqual([0, 0, -1]);
    backend.axpy(2, state, state);
    expect([...state.values]).toEqual([0, 0, -3]);
    backend.axpy(0, backend.tensor([1, 1, 1], [3]), state);
    expect([...state.values]).toEqual([0, 0, -3]);
  });

  it("rounds a step of axpy once", () => {
    const state = backend.state([1], [1]);
    backend.axpy(0.1, backend.tensor([1], [1]), state);
    expect(state.values[0]).toBe(Math.fround(1.1));
  });
});

describe("assign and axpy ask for the same shape, not only the same size", () => {
  const state = backend.state([1, 2], [2]);
  const column = backend.tensor([5, 6], [2, 1]);

  it.each([
    ["assign", () => backend.assign(state, column)],
    ["axpy", () => backend.axpy(1, column, state)],
  ])("%s", (_, run) => {
    expect(run).toThrow(expect.objectContaining({ code: "ERR_SHAPE" }));
    expect(run).toThrow(/expected a tensor of shape \[2\], got \[2, 1\]/);
    expect([...state.values]).toEqual([1, 2]);
  });
});
