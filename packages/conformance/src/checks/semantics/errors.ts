import { sizeOf, type Tensor, type Values } from "@batchnorm/core";
import { describeShape } from "@batchnorm/core/checks";
import { batchNorm } from "@batchnorm/layers";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal, type Refusal } from "../refusal.js";
import { unit } from "./by-channel.js";

/** What the types would not let pass. */
const unchecked = <Value>(value: unknown) => value as Value;

const badTensors: readonly (readonly [string, unknown, readonly unknown[], Refusal])[] = [
  ["three values for a shape of four", [1, 2, 3], [2, 2], { code: "ERR_LENGTH", mentions: ["[2, 2]", "4", "3"] }],
  ["values for an empty shape", [1], [0, 2], { code: "ERR_LENGTH", mentions: ["[0, 2]", "0", "1"] }],
  ["a negative size", [1, 2], [-1, 2], { code: "ERR_SHAPE", mentions: ["-1"] }],
  ["a size that is no integer", [1, 2], [1.5, 2], { code: "ERR_SHAPE", mentions: ["1.5"] }],
  ["integers of 32 bits", new Int32Array(4), [2, 2], { code: "ERR_DTYPE", mentions: ["Int32Array"] }],
  ["strings", ["1", "2"], [2], { code: "ERR_DTYPE", mentions: ["1"] }],
  [
    "nested arrays",
    [
      [1, 2],
      [3, 4],
    ],
    [2],
    { code: "ERR_DTYPE" },
  ],
];

export const errorChecks = [
  ...benchChecks("errors", "tensor() and state() of what makes none", async ({ backend, dtype }) => {
    for (const [name, values, shape, refusal] of badTensors) {
      for (const make of ["tensor", "state"] as const) {
        await expectRefusal(backend, `${make}() of ${name}`, refusal, () =>
          backend[make](values as Values, shape as number[], dtype),
        );
      }
    }
    const refusal = { code: "ERR_DTYPE", mentions: ["int32"] } as const;
    await expectRefusal(backend, "tensor() in int32", refusal, () => backend.tensor([1], [1], unchecked("int32")));
  }),
  ...benchChecks("errors", "an x that is no tensor of floats", async ({ backend, layer }) => {
    const stranger = { shape: [2, 2], dispose() {}, data: async () => new Float32Array(4) };
    for (const [name, x, code] of [
      ["an array of numbers", [1, 2], "ERR_FOREIGN_TENSOR"],
      ["a typed array", new Float32Array(4), "ERR_FOREIGN_TENSOR"],
      ["null", null, "ERR_FOREIGN_TENSOR"],
      ["a tensor of int32", { ...stranger, dtype: "int32" }, "ERR_DTYPE"],
      ["a tensor of bool", { ...stranger, dtype: "bool" }, "ERR_DTYPE"],
    ] as const) {
      await expectRefusal(backend, `${name} as x`, { code, mentions: ["x"] }, () =>
        layer(2).forward(unchecked<Tensor>(x)),
      );
    }
  }),
  ...benchChecks("errors", "backward out of order", async ({ backend, layer, tensor }) => {
    const bn = layer(2);
    const x = tensor(unit.x, unit.shape);
    await expectRefusal(backend, "backward before any forward", { code: "ERR_NO_FORWARD" }, () => bn.backward(x));
    const call = bn.call(x);
    call.y.dispose();
    call.dispose();
    await expectRefusal(backend, "backward of a disposed call", { code: "ERR_NO_FORWARD" }, () => call.backward(x));
  }),
  ...benchChecks("errors", "a dy that does not fit", gradientThatDoesNotFit),
  ...benchChecks("errors", "parameters and statistics that do not fit", byChannelThatDoesNotFit),
  ...benchChecks("errors", "a running variance without a root, where it can be seen", rootlessVariance),
  ...benchChecks("errors", "a view that does not fit", viewThatDoesNotFit),
  ...benchChecks("errors", "a layer after its dispose()", async ({ backend, layer, keep, tensor }) => {
    const x = tensor(unit.x, unit.shape);
    const bn = layer(2);
    const call = keep(bn.call(x));
    keep(call.y);
    bn.dispose();
    for (const [name, use] of [
      ["forward()", () => bn.forward(x)],
      ["backward()", () => bn.backward(x)],
      ["step()", () => bn.step(1)],
      ["zeroGrad()", () => bn.zeroGrad()],
      ["stateDict()", () => bn.stateDict()],
      ["loadStateDict()", () => bn.loadStateDict({})],
      ["resetParameters()", () => bn.resetParameters()],
      ["backward() of its call", () => call.backward(x)],
    ] as const) {
      await expectRefusal(backend, `${name} after dispose()`, { code: "ERR_DISPOSED" }, use);
    }
  }),
];

async function gradientThatDoesNotFit({ backend, dtype, layer, keep, tensor }: Bench): Promise<void> {
  const bn = layer(2);
  bn.forward(tensor(unit.x, unit.shape)).dispose();
  for (const shape of [
    [3, 2],
    [2, 4],
    [4, 2, 1],
  ]) {
    const dy = tensor(new Float32Array(sizeOf(shape)), shape);
    const refusal = { code: "ERR_SHAPE", mentions: ["dy", "[4, 2]", describeShape(shape)] } as const;
    await expectRefusal(backend, `dy of shape ${describeShape(shape)}`, refusal, () => bn.backward(dy));
  }
  const other = dtype === "float32" ? "float64" : "float32";
  if (!backend.capabilities.dtypes.includes(other)) return;
  const dy = keep(backend.tensor(unit.x, unit.shape, other));
  const refusal = { code: "ERR_DTYPE", mentions: ["dy", dtype, other] } as const;
  await expectRefusal(backend, `dy of ${other} for an x of ${dtype}`, refusal, () => bn.backward(dy));
}

/** Engines with tensors on a device would have to wait for the numbers, and answer NaN. */
async function rootlessVariance({ backend, tensor }: Bench): Promise<void> {
  if (!backend.capabilities.hostVisible) return;
  const x = tensor(unit.x, unit.shape);
  const runningMean = tensor([0, 0]);
  for (const variance of [-0.5, -1]) {
    const runningVar = tensor([1, variance]);
    const refusal = { code: "ERR_OPTION", mentions: ["runningVar", `${variance} in channel 1`, "eps 0.5"] } as const;
    await expectRefusal(backend, `a running variance of ${variance} with eps 0.5`, refusal, () => {
      return batchNorm(backend, x, { runningMean, runningVar, eps: 0.5, training: false }).y;
    });
  }
}

async function viewThatDoesNotFit({ backend, keep, tensor }: Bench): Promise<void> {
  const x = tensor(unit.x, unit.shape); // 8 values
  for (const outer of [3, 5]) {
    const view = { outer, channels: 2, inner: 1 };
    const size = String(2 * outer);
    const refusal = { code: "ERR_SHAPE", mentions: ["[4, 2]", size] } as const;
    await expectRefusal(backend, `moments() of 8 values by a view of ${size}`, refusal, () => {
      keep(backend.moments({ x, view }));
    });
  }
}

async function byChannelThatDoesNotFit({ backend, dtype, keep, tensor }: Bench): Promise<void> {
  const x = tensor(unit.x, unit.shape);
  const two = tensor([1, 1], [2]);
  const three = keep(backend.state([1, 1, 1], [3], dtype));
  const fitting = { runningMean: two, runningVar: two };
  for (const name of ["weight", "bias", "runningMean", "runningVar"] as const) {
    const refusal = { code: "ERR_CHANNELS", mentions: [name, "2", "[3]"] } as const;
    await expectRefusal(backend, `${name} of 3 values for 2 channels`, refusal, () => {
      const call = keep(batchNorm(backend, x, { ...fitting, [name]: three }));
      return call.y;
    });
  }
}
