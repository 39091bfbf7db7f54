import { StateDictError } from "@batchnorm/core";
import type { LayerOptions, LoadableStateDict, StateDict } from "@batchnorm/layers";
import { expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";
import { expectValues } from "../values.js";
import { expectNames } from "./expectations.js";

/** Five different values in every place, so that none can stand for another. */
const state = { weight: [2, -3], bias: [4, 0], running_mean: [5, -6], running_var: [7, 8], num_batches_tracked: 9 };
const initial = { weight: [1, 1], bias: [0, 0], running_mean: [0, 0], running_var: [1, 1], num_batches_tracked: 0 };
const tensors = ["weight", "bias", "running_mean", "running_var"] as const;

const { bias, num_batches_tracked, running_mean, running_var, ...weightAlone } = state;
const statistics = { running_mean, running_var, num_batches_tracked };

/** Layers that have a part of the state only. */
const partial: readonly { readonly options: LayerOptions; readonly own: LoadableStateDict }[] = [
  { options: { bias: false }, own: { ...weightAlone, ...statistics } },
  { options: { trackRunningStats: false }, own: { ...weightAlone, bias } },
  { options: { affine: false }, own: statistics },
  { options: { affine: false, trackRunningStats: false }, own: {} },
];

function expectState(what: string, actual: StateDict, expected: LoadableStateDict): void {
  expectNames(`the keys of ${what}`, Object.keys(actual), Object.keys(expected));
  for (const name of tensors) {
    const values = expected[name];
    if (values !== undefined) expectValues(`${name} of ${what}`, actual[name], values);
  }
  const [came, right] = [actual.num_batches_tracked, expected.num_batches_tracked];
  expectThat(came === right, `num_batches_tracked of ${what} is ${came}, expected ${right}`);
}

export const stateDictChecks = [
  ...benchChecks("state-dict", "a new layer", async ({ layer }) => {
    expectState("a new layer", await layer(2).stateDict(), initial);
  }),
  ...benchChecks("state-dict", "from arrays of every kind and back", everyKind),
  ...benchChecks("state-dict", "a layer has only its own keys", async ({ layer }) => {
    for (const { options, own } of partial) {
      const bn = layer(2, options);
      bn.loadStateDict(own);
      expectState(`a layer with ${JSON.stringify(options)}`, await bn.stateDict(), own);
    }
  }),
  ...benchChecks("state-dict", "NaN and infinities, as diverged training leaves them", async ({ layer }) => {
    const bn = layer(2);
    const diverged = { ...state, weight: [Number.NaN, 1], running_var: [Number.NaN, Infinity] };
    bn.loadStateDict(diverged);
    expectState("a diverged layer", await bn.stateDict(), diverged);
  }),
  ...benchChecks("state-dict", "the largest numbers of the type, and variances of 0", async ({ dtype, layer }) => {
    const bn = layer(2);
    const largest = dtype === "float32" ? 2 ** 128 - 2 ** 104 : Number.MAX_VALUE;
    const extreme = {
      ...state,
      weight: [largest, -largest],
      running_mean: [-largest, largest],
      running_var: [0, largest],
    };
    bn.loadStateDict(extreme);
    expectState("a layer with extreme numbers", await bn.stateDict(), extreme);
  }),
  ...benchChecks("state-dict", "variances slightly below 0, which eps makes up for", async ({ layer }) => {
    const bn = layer(2, { eps: 1 });
    const rounded = { ...state, running_var: [-0.75, 2 ** -20 - 1] };
    bn.loadStateDict(rounded);
    expectState("a layer with negative variances", await bn.stateDict(), rounded);
  }),
  ...benchChecks("state-dict-without-counter", "the counter stays", async ({ layer }) => {
    const bn = layer(2);
    bn.loadStateDict(state);
    const { num_batches_tracked: _, ...rest } = { ...state, weight: [10, 11] };
    bn.loadStateDict(rest);
    expectState("a state loaded without counter", await bn.stateDict(), { ...rest, num_batches_tracked: 9 });
  }),
];

async function everyKind({ dtype, layer }: Bench): Promise<void> {
  const bn = layer(2);
  for (const [what, dict] of [
    ["arrays of numbers", state],
    [
      "typed arrays",
      { ...state, bias: new Float32Array(state.bias), running_mean: new Float64Array(state.running_mean) },
    ],
    ["a counter of int64", { ...state, num_batches_tracked: 9n }],
    ["a counter of int64 in an array", { ...state, num_batches_tracked: BigInt64Array.of(9n) }],
    ["a counter in an array", { ...state, num_batches_tracked: [9] }],
    ["JSON", JSON.parse(JSON.stringify(state)) as typeof state],
  ] as const) {
    bn.resetParameters();
    const { missing, unexpected, misshaped, invalid } = bn.loadStateDict(dict);
    expectNames("the keys that did not fit", [...missing, ...unexpected, ...misshaped, ...invalid], []);
    const after = await bn.stateDict();
    expectState(`a state loaded from ${what}`, after, state);
    const Type = dtype === "float32" ? Float32Array : Float64Array;
    for (const name of tensors) expectThat(after[name] instanceof Type, `${name} in ${dtype} is no ${Type.name}`);
  }
  const other = layer(2);
  other.loadStateDict(await bn.stateDict());
  expectState("the state of another layer", await other.stateDict(), state);
}

/** Dictionaries with keys that fit and keys that do not: several of each fault between them, so that none hides another. */
const unfit = [
  {
    dict: { weight: [1], running_mean: 2, running_var: [3, 4], extra: 1, more: [1, 2], num_batches_tracked: [1, 2] },
    missing: ["bias"],
    unexpected: ["extra", "more"],
    misshaped: ["weight", "running_mean", "num_batches_tracked"],
    invalid: [],
    loaded: { running_var: [3, 4] },
  },
  {
    dict: { bias: [5, 6], running_var: [1, 2, 3], num_batches_tracked: 7 },
    missing: ["weight", "running_mean"],
    unexpected: [],
    misshaped: ["running_var"],
    invalid: [],
    loaded: { bias: [5, 6], num_batches_tracked: 7 },
  },
  {
    dict: { weight: "none", bias: [5, 6], running_mean: [1, "2"], running_var: [1, -2], num_batches_tracked: -1 },
    missing: [],
    unexpected: [],
    misshaped: [],
    invalid: ["weight", "running_mean", "running_var", "num_batches_tracked"],
    loaded: { bias: [5, 6] },
  },
] as const;
const groups = ["missing", "unexpected", "misshaped", "invalid"] as const;

async function refusesWhole({ backend, layer }: Bench): Promise<void> {
  for (const { dict, ...faults } of unfit) {
    const bn = layer(2);
    bn.loadStateDict(state);
    const mentions = groups.flatMap((group) => faults[group]);
    const refusal = { code: "ERR_STATE_DICT", start: "Error(s) in loading state_dict for", mentions } as const;
    const load = () => bn.loadStateDict(dict as unknown as LoadableStateDict);
    const error = await expectRefusal(backend, "a state with faults", refusal, load);
    expectThat(error instanceof StateDictError, `the error is a ${error.name}, expected a StateDictError`);
    for (const group of groups) expectNames(`${group} of the error`, error[group], faults[group]);
    expectState("the layer that refused", await bn.stateDict(), state);
  }
}

async function loadsWhatFits({ layer }: Bench): Promise<void> {
  for (const { dict, loaded, ...faults } of unfit) {
    const bn = layer(2);
    bn.loadStateDict(state);
    const report = bn.loadStateDict(dict as unknown as LoadableStateDict, { strict: false });
    for (const group of groups) expectNames(`${group} of the report`, report[group], faults[group]);
    expectState("the layer", await bn.stateDict(), { ...state, ...loaded });
  }
}

export const stateDictFaultChecks = [
  ...benchChecks("state-dict-names-all", "a refusal names each key, and nothing is loaded", refusesWhole),
  ...benchChecks("state-dict-names-all", "{ strict: false } reports each key and loads what fits", loadsWhatFits),
  ...benchChecks(
    "state-dict-names-all",
    "values that a layer cannot hold are refused",
    async ({ backend, dtype, layer }) => {
      const wrong: readonly LoadableStateDict[] = [
        { ...state, running_var: [1, -1] },
        { ...state, running_var: [1, -1e-5] }, // which float32 holds as a little less than eps
        { ...state, weight: [1, "2"] as unknown as number[] },
        { ...state, running_mean: "none" as unknown as number[] },
        { ...state, num_batches_tracked: 0.5 },
        ...(dtype === "float32" ? [{ ...state, running_mean: [1e300, 0] }] : []),
      ];
      for (const dict of wrong) {
        const bn = layer(2);
        const what = Object.entries(dict).find(([name, values]) => values !== state[name as keyof typeof state]);
        const refusal = { code: "ERR_STATE_DICT", mentions: what?.slice(0, 1) as string[] } as const;
        await expectRefusal(backend, `${what?.[0]} of ${what?.[1]}`, refusal, () => bn.loadStateDict(dict));
        expectState("the layer that refused", await bn.stateDict(), initial);
      }
    },
  ),
  ...benchChecks("state-dict-names-all", "what is no dictionary is refused", async ({ backend, layer }) => {
    const bn = layer(2);
    for (const dict of [null, 3, "weights", [1, 2], new Float32Array(2), new Map(Object.entries(state))]) {
      for (const strict of [true, false]) {
        await expectRefusal(backend, `${dict} as a state`, { code: "ERR_STATE_DICT" }, () =>
          bn.loadStateDict(dict as unknown as LoadableStateDict, { strict }),
        );
      }
    }
  }),
];

export const resetChecks = [
  ...benchChecks("reset", "resetRunningStats(): the statistics and the counter", async ({ layer }) => {
    const bn = layer(2);
    bn.loadStateDict(state);
    bn.resetRunningStats();
    const { weight, bias } = state;
    expectState("the layer after resetRunningStats()", await bn.stateDict(), { ...initial, weight, bias });
  }),
  ...benchChecks("reset", "resetParameters(): all of the state", async ({ layer }) => {
    const bn = layer(2);
    bn.loadStateDict(state);
    bn.resetParameters();
    expectState("the layer after resetParameters()", await bn.stateDict(), initial);
  }),
  ...benchChecks("reset", "a layer resets what it has", async ({ layer }) => {
    for (const { options, own } of partial) {
      const bn = layer(2, options);
      bn.loadStateDict(own);
      bn.resetParameters();
      const expected = Object.fromEntries(
        Object.keys(own).map((name) => [name, initial[name as keyof typeof initial]]),
      );
      expectState(`a layer with ${JSON.stringify(options)} after resetParameters()`, await bn.stateDict(), expected);
    }
  }),
];
