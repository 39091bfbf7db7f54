import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { PlainEngine } from "../helpers/plain-engine.js";

/** Calls as JavaScript would, past the types. */
const unchecked = <Value>(value: unknown) => value as Value;

const backend = hostBackend(new PlainEngine());
const x = backend.tensor([1, 2, 3], [3]);
const weight = backend.tensor([1, 1, 1], [3]);
const pass = { x, view: { outer: 1, channels: 3, inner: 1 }, weight, bias: null, eps: 1, activation: null };
const statistics = { mean: backend.state([0, 0, 0], [3]), variance: backend.state([1, 1, 1], [3]) };
const moments = backend.moments(pass);
const into = (out: typeof x) => backend.apply(pass, statistics, out);
const bySums = (sums: Parameters<typeof backend.backward>[3]["sums"]) =>
  backend.backward(pass, moments, x, { needs: { dx: true, affine: true }, out: null, sums });

describe("what is refused is told in whole sentences", () => {
  it.each<[string, () => unknown, string, string]>([
    [
      "more elements than a tensor may have",
      () => backend.tensor([], [2, 2 ** 29 + 1]),
      "ERR_SHAPE",
      "a tensor has at most 1073741824 elements, but the shape [2, 536870913] has 1073741826; split the batch",
    ],
    [
      "fewer values than the most that a tensor may have",
      () => backend.tensor([], [2 ** 30]),
      "ERR_LENGTH",
      "the shape [1073741824] has 1073741824 elements, but 0 values came",
    ],
    [
      "nested arrays",
      () =>
        backend.tensor(
          unchecked([
            [1, 2],
            [3, 4],
          ]),
          [2, 2],
        ),
      "ERR_LENGTH",
      "the shape [2, 2] has 4 elements, but 2 values came; give the values flat and their shape beside them",
    ],
    [
      "x as out",
      () => into(x),
      "ERR_ALIAS",
      "out must not be x: backward reads x again; out may be dy, no other input",
    ],
    [
      "a state as out",
      () => into(backend.state([0, 0, 0], [3])),
      "ERR_ALIAS",
      "out must not be a state: a parameter, a gradient or a statistic",
    ],
    [
      "a parameter as out",
      () => into(weight),
      "ERR_ALIAS",
      "out must not be a parameter or statistic: it may be dy, no other input",
    ],
    [
      "no moments",
      () => backend.apply(pass, unchecked({}), null),
      "ERR_FOREIGN_TENSOR",
      "expected moments of this plain backend, got an Object; export and import bring those of another backend here",
    ],
    [
      "moments of other channels",
      () => backend.apply(pass, backend.importMoments(new Float64Array(4)), null),
      "ERR_OPTION",
      "expected moments of 3 channels, got 1",
    ],
    [
      "no gradient sums",
      () => bySums(unchecked(moments)),
      "ERR_FOREIGN_TENSOR",
      "expected gradient sums of this plain backend, got a HostMoments; export and import bring those of another backend here",
    ],
    [
      "gradient sums of other channels",
      () => bySums(backend.importGradientSums(new Float64Array(2))),
      "ERR_OPTION",
      "expected gradient sums of 3 channels, got 1",
    ],
    [
      "moments that no export gives",
      () => backend.importMoments(new Float64Array(3)),
      "ERR_OPTION",
      "expected moments as export() gives them, [count, C means, C low parts, C sums of squares], got a Float64Array of length 3 with count 0",
    ],
    [
      "gradient sums that no export gives",
      () => backend.importGradientSums(new Float64Array(3)),
      "ERR_OPTION",
      "expected gradient sums as export() gives them, [C sums of dy, C sums of dy (x - mean)], got a Float64Array of length 3",
    ],
  ])("%s", (_, use, code, message) => {
    expect(thrown(use)).toMatchObject({ code, message });
  });
});
