import { StateDictError } from "@batchnorm/core";
import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { BatchNorm1d, type LoadableStateDict } from "../src/index.js";
import { setUp, values } from "./helpers.js";

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
    expect(bn.loadStateDict(good)).toEqual({ missing: [], unexpected: [], misshaped: [], invalid: [] });
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

  it("may lack the counter, which then stays", () => {
    const bn = layer();
    bn.loadStateDict(good);
    const { num_batches_tracked: _, ...rest } = good;
    bn.loadStateDict(rest);
    expect(bn.numBatchesTracked).toBe(9);
  });

  it.each([
    0n,
    7n,
    2 ** 53 - 1,
    BigInt64Array.of(7n),
    BigUint64Array.of(7n),
    Int8Array.of(7),
    Uint8Array.of(7),
    Int16Array.of(7),
    Uint16Array.of(7),
    Int32Array.of(7),
    Uint32Array.of(7),
    [7],
    [7n],
  ])("may hold the counter as files give it: %o", (count) => {
    const bn = layer();
    bn.loadStateDict({ ...good, num_batches_tracked: count as number });
    expect(bn.numBatchesTracked).toBe(Number(typeof count === "object" ? count[0] : count));
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

describe("what is no array of floats is refused, and told how it becomes one", () => {
  it.each<[string, unknown, string]>([
    [
      "half floats",
      Uint16Array.of(15360, 15360),
      "a Uint16Array of length 2; a Uint16Array may hold half-precision numbers, which have to be decoded to float32 first; integers are converted by Float32Array.from(values)",
    ],
    [
      "quantized numbers",
      Int8Array.of(1, 2),
      "an Int8Array of length 2; integers are not converted unasked: Float32Array.from(values) does",
    ],
    [
      "int64",
      BigInt64Array.of(1n, 2n),
      "a BigInt64Array of length 2; integers are not converted unasked: Float32Array.from(values, Number) does",
    ],
    [
      "the bytes of a file",
      new Uint8Array(8),
      "a Uint8Array of length 8; bytes that hold floats are read by new Float32Array(buffer, byteOffset, length)",
    ],
    ["a tensor", setUp().tensor([1, 2], [2]), "a HostTensor; give a tensor's numbers: await tensor.data()"],
    ["a promise", Promise.resolve([1, 2]), "a Promise; await it first"],
    ["a list of something else", new Set([1, 2]), "a Set"],
  ])("%s", (_, weight, came) => {
    const dict = { ...good, weight } as unknown as LoadableStateDict;
    expect(thrown(() => layer().loadStateDict(dict)).message).toContain(
      `wrong value for weight: expected 2 numbers as an array or typed float array, got ${came}.`,
    );
    expect(layer().loadStateDict(dict, { strict: false }).invalid).toEqual(["weight"]);
  });
});

describe("a dictionary of other names", () => {
  const values = { weight: [1, 2], bias: [3, 4], running_mean: [5, 6], running_var: [7, 8] };
  const keras = { gamma: [1, 2], beta: [3, 4], moving_mean: [5, 6], moving_variance: [7, 8] };
  const named = (dict: object, rename: (key: string) => string) =>
    Object.fromEntries(Object.entries(dict).map(([key, value]) => [rename(key), value]));
  const lastLine = (dict: object, options = {}) =>
    thrown(() => layer(options).loadStateDict(dict))
      .message.split("\n  ")
      .at(-1);

  it("of Keras is told its names here", () => {
    expect(lastLine(keras)).toBe(
      'Nothing was loaded; rename "gamma" to "weight", "beta" to "bias", "moving_mean" to "running_mean", "moving_variance" to "running_var".',
    );
    expect(lastLine(named(keras, (key) => `model/bn1/${key}:0`))).toBe(
      'Nothing was loaded; rename "model/bn1/gamma:0" to "weight", "model/bn1/beta:0" to "bias", "model/bn1/moving_mean:0" to "running_mean", "model/bn1/moving_variance:0" to "running_var".',
    );
  });

  it("of a layer within a model of PyTorch is told what to strip", () => {
    const dict = named({ ...values, num_batches_tracked: 9 }, (key) => `layer1.0.bn1.${key}`);
    expect(lastLine(dict)).toBe('Nothing was loaded; strip "layer1.0.bn1." from the keys.');
    expect(
      lastLine(
        named(values, (key) => `module.${key}`),
        { affine: false },
      ),
    ).toBe('Nothing was loaded; strip "module." from the keys.');
    const parameters = { "bn.weight": [1, 2], "bn.bias": [3, 4] };
    expect(lastLine(parameters, { trackRunningStats: false })).toBe('Nothing was loaded; strip "bn." from the keys.');
  });

  it("of a whole model is told to take one layer's", () => {
    const model = {
      "conv.weight": [1],
      ...named(values, (key) => `bn1.${key}`),
      ...named(values, (key) => `bn2.${key}`),
      "fc.weight": [1],
      "fc.bias": [1],
    };
    expect(lastLine(model)).toBe('Nothing was loaded; take the keys of one layer, then strip "bn1." from the keys.');
  });

  it("of the fields of a layer is told those of its state", () => {
    const { running_mean, running_var, ...parameters } = values;
    expect(lastLine({ ...parameters, runningMean: running_mean, runningVar: running_var, numBatchesTracked: 9 })).toBe(
      'Nothing was loaded; rename "runningMean" to "running_mean", "runningVar" to "running_var", "numBatchesTracked" to "num_batches_tracked"; { strict: false } loads the keys that fit and reports the others.',
    );
  });

  it("of no batch norm is told nothing, nor to load what would load nothing", () => {
    for (const dict of [{}, { kernel: [1] }, { "fc.weight": [1, 2], "fc.bias": [3, 4] }, { constructor: [1] }]) {
      expect(lastLine(dict)).toBe("Nothing was loaded.");
    }
  });
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
    expect(error.misshaped).toEqual(["weight"]);
    expect(error.invalid).toEqual(["running_mean", "running_var", "num_batches_tracked"]);
    for (const part of [
      "Error(s) in loading state_dict for BatchNorm1d:",
      'Missing key(s) in state_dict: "bias".',
      'Unexpected key(s) in state_dict: "extra".',
      "size mismatch for weight: expected shape [2], got shape [1]",
      'got the string "none"',
      'got the string "2" at index 1',
      "expected an integer from 0 to 2^53 - 1, got -1",
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
      misshaped: ["weight"],
      invalid: ["running_mean", "num_batches_tracked"],
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

  it.each([
    [12.5, "12.5"],
    [-1, "-1"],
    [-1n, "the bigint -1n"],
    [2 ** 53, "9007199254740992"],
    [2n ** 53n, "the bigint 9007199254740992n"],
    [Number.NaN, "NaN"],
    ["7", 'the string "7"'],
    [true, "true"],
    [null, "null"],
    [{}, "an Object"],
    [[-1], "-1"],
    [["7"], 'the string "7"'],
    [BigInt64Array.of(-7n), "the bigint -7n"],
    [new DataView(new ArrayBuffer(1)), "a DataView"],
  ])("is refused when the counter is %o", (count, came) => {
    const bn = layer();
    const dict = { ...good, num_batches_tracked: count } as unknown as LoadableStateDict;
    const error = thrown(() => bn.loadStateDict(dict)) as StateDictError;
    expect(error).toMatchObject({ code: "ERR_STATE_DICT", misshaped: [], invalid: ["num_batches_tracked"] });
    expect(error.message).toContain(
      `wrong value for num_batches_tracked: expected an integer from 0 to 2^53 - 1, got ${came}.`,
    );
    expect(bn.loadStateDict(dict, { strict: false }).invalid).toEqual(["num_batches_tracked"]);
    expect(bn.numBatchesTracked).toBe(0);
  });

  it.each([[[]], [[7, 0]], [Int32Array.of(7, 0)]])("is refused when the counter is %o, of another size", (count) => {
    const bn = layer();
    const error = thrown(() => bn.loadStateDict({ ...good, num_batches_tracked: count })) as StateDictError;
    expect(error).toMatchObject({ misshaped: ["num_batches_tracked"], invalid: [] });
    expect(error.message).toContain(
      `size mismatch for num_batches_tracked: expected one integer, got shape [${count.length}].`,
    );
    bn.loadStateDict({ ...good, num_batches_tracked: count }, { strict: false });
    expect(bn.numBatchesTracked).toBe(0);
  });

  it.each([
    null,
    undefined,
    3,
    "weights",
    [1, 2],
    new Float32Array(2),
    new Map(Object.entries(good)),
    layer().stateDict(),
    layer(),
  ])("is refused when it is %s", (dict) => {
    const bn = layer();
    expect(thrown(() => bn.loadStateDict(dict as unknown as LoadableStateDict))).toMatchObject({
      code: "ERR_STATE_DICT",
      missing: ["weight", "bias", "running_mean", "running_var"],
      unexpected: [],
      misshaped: [],
      invalid: [],
    });
    expect(thrown(() => bn.loadStateDict(dict as unknown as LoadableStateDict, { strict: false })).code).toBe(
      "ERR_STATE_DICT",
    );
  });
});
