import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { thrown } from "./helpers/thrown.js";

/** Calls as JavaScript would, past the types. */
const unchecked = <Value>(value: unknown) => value as Value;

const backend = createCpuBackend();
const view = { outer: 1, channels: 3, inner: 1 };
const x = backend.tensor([1, 2, 3], [3]);
const p = { weight: backend.tensor([1, 1, 1], [3]), bias: null };
const statistics = { mean: backend.state([0, 0, 0], [3]), variance: backend.state([1, 1, 1], [3]) };
const moments = backend.moments(x, view);
const o = { eps: 1, activation: null, out: null, needs: { dx: true, affine: true } };
const into = (out: typeof x) => backend.infer(x, view, statistics, p, { ...o, out });

describe("what is refused is told in whole sentences", () => {
  it.each<[string, () => unknown, string, string]>([
    [
      "an unknown option",
      () => createCpuBackend(unchecked({ maxBytes: 1 })),
      "ERR_OPTION",
      "createCpuBackend has no option maxBytes; its options are maximumPooledBytes",
    ],
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
      () => into(p.weight),
      "ERR_ALIAS",
      "out must not be a parameter or statistic: it may be dy, no other input",
    ],
    [
      "no moments",
      () => backend.normalize(x, view, unchecked({}), p, o),
      "ERR_FOREIGN_TENSOR",
      "expected moments of this cpu backend, got an Object; export and import bring those of another backend here",
    ],
    [
      "moments of other channels",
      () => backend.normalize(x, view, backend.importMoments(new Float64Array(4)), p, o),
      "ERR_OPTION",
      "expected moments of 3 channels, got 1",
    ],
    [
      "no gradient sums",
      () => backend.gradients(x, x, view, moments, unchecked(moments), p, o),
      "ERR_FOREIGN_TENSOR",
      "expected gradient sums of this cpu backend, got a CpuMoments; export and import bring those of another backend here",
    ],
    [
      "gradient sums of other channels",
      () => backend.gradients(x, x, view, moments, backend.importGradientSums(new Float64Array(2)), p, o),
      "ERR_OPTION",
      "expected gradient sums of 3 channels, got 1",
    ],
  ])("%s", (_, use, code, message) => {
    expect(thrown(use)).toMatchObject({ code, message });
  });
});
