import { thrown } from "@batchnorm/testing/thrown";
/** A test for each row of the README's table of differences from PyTorch. */
import { describe, expect, it } from "vitest";
import { BatchNorm1d, batchNorm, type LayerOptions, type LoadableStateDict } from "../src/index.js";
import { setUp, values } from "./helpers.js";

const pass = (seed: number) => {
  const { backend } = setUp();
  const bn = new BatchNorm1d(backend, 3);
  return { backend, bn, x: backend.tensor(values(18, seed), [6, 3]), dy: backend.tensor(values(18, seed + 1), [6, 3]) };
};

describe("differs from PyTorch on purpose", () => {
  it.each([{ eps: Number.NaN }, { eps: -1 }, { momentum: 2 }, { momentum: Number.NaN }])(
    "refuses %o at construction",
    (options) => {
      expect(thrown(() => new BatchNorm1d(setUp().backend, 3, options)).code).toBe("ERR_OPTION");
    },
  );

  it("refuses numFeatures 0 at construction", () => {
    expect(thrown(() => new BatchNorm1d(setUp().backend, 0)).code).toBe("ERR_OPTION");
  });

  it("refuses unknown options, naming those that there are", () => {
    const options = { track_running_stats: false } as LayerOptions;
    expect(thrown(() => new BatchNorm1d(setUp().backend, 3, options)).message).toMatch(
      /track_running_stats; .*trackRunningStats/,
    );
  });

  it.each([{ momentum: 0.01 }, { eps: 1e-3 }, { trackRunningStats: false }])(
    "refuses to assign %o after construction",
    (fields) => {
      const { bn } = pass(1);
      expect(thrown(() => Object.assign(bn, fields)).code).toBe("ERR_OPTION");
      expect(bn).not.toMatchObject(fields);
    },
  );

  it("moves nothing when a forward pass is refused", async () => {
    const { backend, bn } = pass(1);
    const before = await bn.stateDict();
    thrown(() => bn.forward(backend.tensor([1, 2, 3], [1, 3])));
    expect(await bn.stateDict()).toEqual(before);
  });

  it("takes the statistics of its forward pass in backward of eval, though a training pass moved them", () => {
    const { bn, x, dy } = pass(1);
    bn.eval();
    const undisturbed = bn.call(x).backward(dy).values.slice();
    const call = bn.call(x);
    bn.train().forward(x);
    expect(call.backward(dy).values).toEqual(undisturbed);
  });

  it("takes the parameters of its forward pass in backward, though they were changed", () => {
    const { bn, x, dy } = pass(1);
    const undisturbed = bn.call(x).backward(dy).values.slice();
    const call = bn.call(x);
    bn.loadStateDict({ weight: [7, 8, 9] }, { strict: false });
    expect(call.backward(dy).values).toEqual(undisturbed);
  });

  it("adds to the gradients again in a second backward pass of the same call", () => {
    const { bn, x, dy } = pass(1);
    const call = bn.call(x);
    const first = call.backward(dy).values.slice();
    const once = bn.bias?.grad.values.slice() ?? [];
    expect(call.backward(dy).values).toEqual(first);
    expect([...(bn.bias?.grad.values ?? [])]).toEqual([...once].map((value) => 2 * value));
  });

  it("computes with inputs of another type than the parameters", () => {
    const { backend, bn } = pass(1);
    expect(bn.forward(backend.tensor(new Float64Array(values(6)), [2, 3])).dtype).toBe("float64");
  });

  it("loads nothing of a state dictionary that does not fit", async () => {
    const { bn } = pass(1);
    const before = await bn.stateDict();
    thrown(() => bn.loadStateDict({ weight: [1, 2, 3], bias: [1] }));
    expect(await bn.stateDict()).toEqual(before);
  });

  it.each([{ running_var: [1, -1, 1] }, { running_mean: [0, 0, 1e300] }])(
    "refuses %o in a state dictionary, and takes NaN, which diverged training leaves",
    (state) => {
      const { bn } = pass(1);
      expect(
        thrown(() =>
          bn.loadStateDict({
            weight: [1, 1, 1],
            bias: [0, 0, 0],
            running_mean: [0, 0, 0],
            running_var: [1, 1, 1],
            ...state,
          }),
        ).code,
      ).toBe("ERR_STATE_DICT");
      expect(() => bn.loadStateDict({ running_var: [1, Number.NaN, 1] }, { strict: false })).not.toThrow();
    },
  );

  it("refuses a running variance of -eps or less in the function's inference, and takes one above", () => {
    const { backend, x } = pass(1);
    const runningMean = backend.state([0, 0, 0], [3]);
    const by = (variance: number) => {
      const runningVar = backend.state([1, variance, 1], [3]);
      return batchNorm(backend, x, { runningMean, runningVar });
    };
    expect(thrown(() => by(-1e-4)).code).toBe("ERR_OPTION");
    expect([...by(-0.9e-5).y.values].every(Number.isFinite)).toBe(true);
  });

  it("reports misshaped and invalid keys with strict: false, and loads the rest", async () => {
    const { bn } = pass(1);
    const state: LoadableStateDict = { weight: [4, 5, 6], bias: [1], running_var: [1, -1, 1] };
    const report = bn.loadStateDict(state, { strict: false });
    expect(report).toMatchObject({ misshaped: ["bias"], invalid: ["running_var"] });
    expect((await bn.stateDict()).weight).toEqual(new Float32Array([4, 5, 6]));
  });

  it("switches gradients off for parameters by freeze({ parameters: true })", () => {
    const { bn, x, dy } = pass(1);
    bn.freeze({ parameters: true }).forward(x);
    bn.backward(dy);
    expect([...(bn.weight?.grad.values ?? [])]).toEqual([0, 0, 0]);
  });
});
