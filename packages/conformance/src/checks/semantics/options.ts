import { describe } from "@batchnorm/core/checks";
import type { LayerOptions } from "@batchnorm/layers";
import { expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";
import { unit } from "./by-channel.js";

/** Values as JavaScript may hand them in, past the types. */
const refused: readonly (readonly [string, readonly unknown[]])[] = [
  ["eps", [Number.NaN, -1e-5, Infinity, "1e-5", null]],
  ["momentum", [Number.NaN, -0.1, 1.1, Infinity, "0.1"]],
  ["affine", [1, null, "yes"]],
  ["bias", [0, null]],
  ["trackRunningStats", [1, null]],
  ["layout", ["NCHW", null]],
  ["activation", ["gelu", true]],
];

export const optionsChecks = [
  ...refused.flatMap(([name, values]) =>
    benchChecks("options-refused", `${name} out of range or of another kind`, async ({ backend, layer }) => {
      for (const value of values) {
        const refusal = { code: "ERR_OPTION", mentions: [name, describe(value)] } as const;
        await expectRefusal(backend, `${name}: ${describe(value)}`, refusal, () =>
          layer(2, { [name]: value } as LayerOptions),
        );
      }
    }),
  ),
  ...benchChecks("options-refused", "the ends of the ranges are taken", async ({ layer }) => {
    for (const options of [{ eps: 0 }, { eps: 1e30 }, { momentum: 0 }, { momentum: 1 }, { momentum: null }]) {
      layer(2, options);
    }
  }),
  ...benchChecks("options-refused", "misspelt options", misspelt),
  ...benchChecks("options-refused", "an assignment to a field of a layer or a parameter", assigned),
  ...benchChecks("options-refused", "a number of features that is no positive integer", async ({ backend, layer }) => {
    for (const numFeatures of [0, -1, 1.5, Number.NaN, "64", null]) {
      const refusal = { code: "ERR_OPTION", mentions: ["numFeatures", describe(numFeatures)] } as const;
      await expectRefusal(backend, `numFeatures ${describe(numFeatures)}`, refusal, () => layer(numFeatures as number));
    }
  }),
  ...benchChecks("options-refused", "a type that the backend does not compute in", async ({ backend, layer }) => {
    await expectRefusal(backend, "dtype float16", { code: "ERR_DTYPE", mentions: ["float16"] }, () =>
      layer(2, { dtype: "float16" } as unknown as LayerOptions),
    );
  }),
  ...benchChecks("options-refused", "a rate of step() that is not finite", async ({ backend, layer }) => {
    for (const rate of [Number.NaN, Infinity, "0.1"]) {
      const refusal = { code: "ERR_OPTION", mentions: [describe(rate)] } as const;
      await expectRefusal(backend, `step(${describe(rate)})`, refusal, () => layer(2).step(rate as number));
    }
  }),
];

const layerFields = [
  ...["numFeatures", "eps", "momentum", "affine", "trackRunningStats", "layout", "activation", "dtype"],
  ...["weight", "bias", "runningMean", "runningVar", "training", "frozen", "numBatchesTracked"],
];

async function assigned({ backend, layer }: Bench): Promise<void> {
  const bn = layer(2);
  const parameters = bn
    .parameters()
    .map((parameter) => [parameter, ["name", "value", "grad", "requiresGrad"]] as const);
  for (const [owner, names] of [[bn, layerFields] as const, ...parameters]) {
    for (const name of names) {
      const before = Reflect.get(owner, name);
      const refusal = { code: "ERR_OPTION", mentions: [`null was assigned to ${name}`] } as const;
      await expectRefusal(backend, `an assignment to ${name}`, refusal, () => {
        Object.assign(owner, { [name]: null });
      });
      expectThat(Object.is(Reflect.get(owner, name), before), `${name} has changed all the same`);
    }
  }
}

async function misspelt({ backend, layer, tensor }: Bench): Promise<void> {
  const construction = { track_running_stats: false } as LayerOptions;
  const naming = { code: "ERR_OPTION", mentions: ["track_running_stats", "trackRunningStats"] } as const;
  await expectRefusal(backend, "the option track_running_stats", naming, () => layer(2, construction));
  const bn = layer(2);
  const x = tensor(unit.x, unit.shape);
  bn.eval().forward(x).dispose();
  const calls: readonly (readonly [string, (options: never) => unknown])[] = [
    ["forward", (options) => bn.forward(x, options)],
    ["backward", (options) => bn.backward(x, options)],
    ["freeze", (options) => bn.freeze(options)],
    ["loadStateDict", (options) => bn.loadStateDict({}, options)],
  ];
  for (const [name, call] of calls) {
    const refusal = { code: "ERR_OPTION", mentions: ["misspelt"] } as const;
    await expectRefusal(backend, `the option misspelt of ${name}`, refusal, () => call({ misspelt: 1 } as never));
  }
  expectThat(!bn.frozen, "freeze() with a misspelt option has frozen the layer");
}
