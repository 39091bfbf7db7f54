import { StateDictError } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { BatchNorm1d, type LoadableStateDict } from "../src/index.js";
import { setUp, thrown, values } from "./helpers.js";

const good = {
  weight: [1, 2],
  bias: new Float32Array([3, 4]),
  running_mean: new Float64Array([5, 6]),
  running_var: [7, 8],
  num_batches_tracked: 9,
};

function layer(options = {}) {
  return new BatchNorm1d(setUp().backend, 2, options);
}

describe("a state dictionary", () => {
  it("goes through a round trip, under PyTorch's names, as copies", async () => {
    const bn = layer();
    expect(bn.loadStateDict(good)).toEqual({ missing: [], unexpected: [], misshaped: [] });
    const state = await bn.stateDict();
    expect(Object.keys(state).sort()).toEqual(["bias", "num_batches_tracked", "running_mean", "running_var", "weight"]);
    expect([...(state.bias ?? [])]).toEqual([3, 4]);
    expect(state.num_batches_tracked).toBe(9);
    (state.weight as Float32Array)[0] = 100;
    expect((await bn.stateDict()).weight?.[0]).toBe(1);
    const other = layer();
    other.loadStateDict(await bn.stateDict());
    expect(await other.stateDict()).toEqual(await bn.stateDict());
  });

  it("is of the moment it was asked for", async () => {
    const { backend } = setUp();
    const bn = new BatchNorm1d(backend, 2);
    const asked = bn.stateDict();
    bn.forward(backend.tensor(values(8), [4, 2]));
    expect((await asked).running_mean).toEqual(new Float32Array([0, 0]));
  });

  it("has only the keys that the layer has", async () => {
    const bn = layer({ affine: false });
    expect(Object.keys(await bn.stateDict()).sort()).toEqual(["num_batches_tracked", "running_mean", "running_var"]);
    expect(await layer({ affine: false, trackRunningStats: false }).stateDict()).toEqual({});
    expect(thrown(() => bn.loadStateDict(good)).message).toMatch(/Unexpected key\(s\) in state_dict: "weight", "bias"/);
  });

  it("may lack the counter, which then stays, and may hold it as a bigint", () => {
    const bn = layer();
    bn.loadStateDict({ ...good, num_batches_tracked: 9n });
    expect(bn.numBatchesTracked).toBe(9);
    const { num_batches_tracked: _, ...rest } = good;
    bn.loadStateDict(rest);
    expect(bn.numBatchesTracked).toBe(9);
  });
});

it("goes through JSON as arrays, and says so where it went as typed arrays", async () => {
  const bn = layer();
  bn.loadStateDict(good);
  const state = await bn.stateDict();
  const json = JSON.stringify(state, (_, value) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value,
  );
  const other = layer();
  other.loadStateDict(JSON.parse(json) as LoadableStateDict);
  expect(await other.stateDict()).toEqual(state);
  expect(() => other.loadStateDict(JSON.parse(JSON.stringify(state)) as LoadableStateDict)).toThrow(
    "JSON turns a typed array into an object: store Array.from(values)",
  );
});

describe("a state dictionary that does not fit", () => {
  const bad = { weight: [1], running_mean: "none", running_var: [1, "2"], extra: 1, num_batches_tracked: -1 };

  it("is refused naming every key at once, with nothing changed", async () => {
    const bn = layer();
    const before = await bn.stateDict();
    const error = thrown(() => bn.loadStateDict(bad as unknown as LoadableStateDict)) as unknown as StateDictError;
    expect(error).toBeInstanceOf(StateDictError);
    expect(error.code).toBe("ERR_STATE_DICT");
    expect(error.missing).toEqual(["bias"]);
    expect(error.unexpected).toEqual(["extra"]);
    expect(error.misshaped).toEqual(["weight", "running_mean", "running_var", "num_batches_tracked"]);
    for (const part of [
      "Error(s) in loading state_dict for BatchNorm1d:",
      'Missing key(s) in state_dict: "bias".',
      'Unexpected key(s) in state_dict: "extra".',
      "size mismatch for weight: expected shape [2], got shape [1]",
      'got the string "none"',
      'got the string "2" at index 1',
      "expected a non-negative integer, got -1",
    ]) {
      expect(error.message).toContain(part);
    }
    expect(await bn.stateDict()).toEqual(before);
  });

  it("with strict: false loads what fits and reports the rest", async () => {
    const bn = layer();
    const report = bn.loadStateDict({ ...bad, running_var: [7, 8] } as unknown as LoadableStateDict, { strict: false });
    expect(report).toEqual({
      missing: ["bias"],
      unexpected: ["extra"],
      misshaped: ["weight", "running_mean", "num_batches_tracked"],
    });
    const state = await bn.stateDict();
    expect([...(state.running_var ?? [])]).toEqual([7, 8]);
    expect([...(state.weight ?? [])]).toEqual([1, 1]);
    expect(state.num_batches_tracked).toBe(0);
  });

  it("is refused where one key is missing and one does not fit, or is too many", () => {
    const { bias: _, ...rest } = good;
    for (const dict of [
      { ...rest, weight: [1] },
      { ...rest, extra: 1 },
    ]) {
      expect(thrown(() => layer().loadStateDict(dict)).code).toBe("ERR_STATE_DICT");
    }
  });

  it.each([1.5, -1, 2 ** 53, "3", [3], true, null])("is refused when the counter is %j", (count) => {
    const bn = layer();
    const dict = { ...good, num_batches_tracked: count } as unknown as LoadableStateDict;
    const error = thrown(() => bn.loadStateDict(dict)) as unknown as StateDictError;
    expect(error.code).toBe("ERR_STATE_DICT");
    expect(error.misshaped).toEqual(["num_batches_tracked"]);
    expect(bn.numBatchesTracked).toBe(0);
  });

  it.each([null, undefined, 3, "weights", [1, 2], new Float32Array(2)])("is refused when it is %s", (dict) => {
    const bn = layer();
    expect(thrown(() => bn.loadStateDict(dict as unknown as LoadableStateDict))).toMatchObject({
      code: "ERR_STATE_DICT",
      missing: ["weight", "bias", "running_mean", "running_var"],
      unexpected: [],
      misshaped: [],
    });
    expect(thrown(() => bn.loadStateDict(dict as unknown as LoadableStateDict, { strict: false })).code).toBe(
      "ERR_STATE_DICT",
    );
  });
});
