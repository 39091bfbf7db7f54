/** What JavaScript would let anybody assign, which TypeScript does not. */
import { inspect } from "node:util";
import { OptionError } from "@batchnorm/core";
import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { BatchNorm1d, BatchNorm2d } from "../src/index.js";
import { setUp, values } from "./helpers.js";

const { backend } = setUp();
const layer = () => new BatchNorm1d(backend, 2);

/** An assignment as a script without strict mode makes it, where one to a getter is ignored in silence. */
const assignLoosely = (object: object, name: string, value: unknown) =>
  new Function("object", "value", `object.${name} = value`)(object, value);

const another = "is fixed when the layer is made; make another layer";
const reloaded = `${another} and load this one's stateDict()`;

const fields: readonly [string, unknown, string][] = [
  ["numFeatures", 3, `3 was assigned to numFeatures, which ${another}`],
  ["eps", 0.001, `0.001 was assigned to eps, which ${reloaded}`],
  ["momentum", 0.01, `0.01 was assigned to momentum, which ${reloaded}`],
  ["momentum", null, `null was assigned to momentum, which ${reloaded}`],
  ["affine", false, `false was assigned to affine, which ${reloaded} with { strict: false }`],
  ["trackRunningStats", false, `false was assigned to trackRunningStats, which ${reloaded} with { strict: false }`],
  ["layout", "channels-last", `the string "channels-last" was assigned to layout, which ${reloaded}`],
  ["activation", "relu", `the string "relu" was assigned to activation, which ${reloaded}`],
  ["dtype", "float64", `the string "float64" was assigned to dtype, which ${reloaded}`],
  ...["weight", "bias", "runningMean", "runningVar"].map((name): [string, unknown, string] => [
    name,
    backend.tensor([1, 2], [2]),
    `a HostTensor was assigned to ${name}, which belongs to the layer; loadStateDict({ ${name.replace("running", "running_").toLowerCase()} }, { strict: false }) writes its values`,
  ]),
  [
    "numBatchesTracked",
    0,
    "0 was assigned to numBatchesTracked, which counts batches; loadStateDict({ num_batches_tracked }, { strict: false }) sets it",
  ],
  ["training", false, "false was assigned to training, which is set by train() and eval()"],
  ["frozen", true, "true was assigned to frozen, which is set by freeze() and unfreeze()"],
];

const parameterFields: readonly [string, unknown, string][] = [
  ["name", "gamma", 'the string "gamma" was assigned to name, which is fixed'],
  [
    "value",
    backend.tensor([1, 2], [2]),
    "a HostTensor was assigned to value, which belongs to the layer; backend.assign(value, tensor) or the layer's loadStateDict() writes into it",
  ],
  [
    "grad",
    null,
    "null was assigned to grad, which belongs to the layer; backend.assign(grad, tensor) or the layer's zeroGrad() writes into it",
  ],
  [
    "requiresGrad",
    false,
    "false was assigned to requiresGrad, which is set by freeze({ parameters: true }) and unfreeze()",
  ],
];

const modes: readonly [string, (object: object, name: string, value: unknown) => unknown][] = [
  ["in strict mode", (object, name, value) => Object.assign(object, { [name]: value })],
  ["without strict mode", assignLoosely],
];

describe.each(modes)("an assignment %s", (_, assign) => {
  it.each(fields)("to %s of a layer, of %o, is refused", (name, value, message) => {
    const bn = layer();
    const before = Reflect.get(bn, name);
    const error = thrown(() => assign(bn, name, value));
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toBe(message);
    expect(Reflect.get(bn, name)).toBe(before);
  });

  it.each(parameterFields)("to %s of a parameter, of %o, is refused", (name, value, message) => {
    for (const parameter of layer().parameters()) {
      const before = Reflect.get(parameter, name);
      const error = thrown(() => assign(parameter, name, value));
      expect(error).toBeInstanceOf(OptionError);
      expect(error.message).toBe(message);
      expect(Reflect.get(parameter, name)).toBe(before);
    }
  });
});

it("to TypeScript they are readonly", () => {
  const bn = layer();
  for (const assign of [
    () => {
      // @ts-expect-error readonly
      bn.momentum = 0.01;
    },
    () => {
      // @ts-expect-error readonly
      bn.training = false;
    },
    () => {
      // @ts-expect-error readonly
      if (bn.weight !== null) bn.weight.requiresGrad = false;
    },
  ]) {
    expect(thrown(assign).code).toBe("ERR_OPTION");
  }
});

it("what is advised instead is possible", async () => {
  const bn = layer();
  bn.forward(backend.tensor(values(8), [4, 2]));
  const momentum = new BatchNorm1d(backend, 2, { momentum: 0.01 });
  momentum.loadStateDict(await bn.stateDict());
  expect(await momentum.stateDict()).toEqual(await bn.stateDict());
  for (const options of [{ affine: false }, { trackRunningStats: false }]) {
    const { misshaped, invalid } = new BatchNorm1d(backend, 2, options).loadStateDict(await bn.stateDict(), {
      strict: false,
    });
    expect([...misshaped, ...invalid]).toEqual([]);
  }
  bn.loadStateDict({ num_batches_tracked: 7 }, { strict: false });
  expect(bn.numBatchesTracked).toBe(7);
  for (const { value, grad } of bn.parameters()) {
    for (const state of [value, grad]) {
      backend.assign(state, backend.tensor([3, 4], [2]));
      expect([...state.values]).toEqual([3, 4]);
    }
  }
});

it("what is done to the list of parameters is not done to the layer", () => {
  const bn = layer();
  bn.forward(backend.tensor(values(8), [4, 2]));
  bn.backward(backend.tensor(values(8, 5), [4, 2]));
  (bn.parameters() as unknown[]).length = 0;
  expect(bn.parameters().map(({ name }) => name)).toEqual(["weight", "bias"]);
  bn.step(1);
  expect([...(bn.bias?.value.values ?? [])]).not.toEqual([0, 0]);
  bn.zeroGrad();
  expect([...(bn.bias?.grad.values ?? [])]).toEqual([0, 0]);
});

it("Node prints them", () => {
  const printed = inspect(new BatchNorm2d(backend, 64, { activation: "relu" }));
  expect(printed).toMatch(/^BatchNorm2d \{/);
  for (const part of ["numFeatures: 64", "eps: 0.00001", "activation: 'relu'", "training: true", "name: 'weight'"]) {
    expect(printed).toContain(part);
  }
  expect(inspect(layer().bias)).toContain("requiresGrad: true");
});
