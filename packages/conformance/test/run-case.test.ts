import { type CpuBackend, type CpuTensor, createCpuBackend } from "@batchnorm/backend-cpu";
import type { Backend } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { boundOf, boundsOf, type Case, type Observation, type Operation, runCase } from "../src/index.js";
import { altered, type Changes } from "./altered.js";

const x = Float32Array.from({ length: 24 }, (_, i) => Math.fround(Math.sin(7 * i) * 3 + 1));
const dy = Float32Array.from({ length: 24 }, (_, i) => Math.fround(Math.cos(5 * i)));

const testCase: Case = {
  name: "a sequence",
  about: "training, evaluation, two calls in flight, a step",
  options: { kind: "BatchNorm2d", numFeatures: 2, activation: "relu" },
  state: { weight: [1.5, -0.5], bias: [0.25, 0.5], running_mean: [1, 2], running_var: [3, 4], num_batches_tracked: 2 },
  steps: [
    { do: "pass", pass: { mode: "train", shape: [3, 2, 2, 2], x, dy }, accumulate: false },
    { do: "step", rate: 0.1 },
    { do: "pass", pass: { mode: "eval", shape: [3, 2, 2, 2], x, dy }, accumulate: false },
    { do: "pass", pass: { mode: "freeze", shape: [3, 2, 2, 2], x, dy }, accumulate: true },
    {
      do: "passes",
      passes: [
        { mode: "train", shape: [3, 2, 2, 2], x, dy },
        { mode: "eval", shape: [3, 2, 2, 2], x: dy, dy: x },
      ],
    },
  ],
};

async function judged(
  backend: Backend<CpuTensor>,
  one: Case = testCase,
): Promise<{ all: Observation[]; wrong: Set<Operation> }> {
  const all: Observation[] = [];
  for await (const observation of runCase(backend, one, "float32")) all.push(observation);
  const bounds = boundsOf("cpu");
  const tooFar = all.filter((seen) => seen.ulp > boundOf(bounds, seen));
  return { all, wrong: new Set(tooFar.map(({ operation }) => operation)) };
}

describe("runCase", () => {
  it("finds nothing wrong with a right backend, looking at every operation in every mode", async () => {
    const { all, wrong } = await judged(createCpuBackend());
    expect([...wrong]).toEqual([]);
    const seen = new Set(all.map(({ mode, operation }) => `${mode} ${operation}`));
    for (const mode of ["train", "eval", "freeze"]) {
      for (const operation of ["y", "dx", "dweight", "dbias", "running_mean", "running_var"]) {
        expect(seen).toContain(`${mode} ${operation}`);
      }
    }
  });

  it("leaks nothing, and nothing when the backend throws", async () => {
    const backend = createCpuBackend();
    await judged(backend);
    expect(backend.memory().liveBuffers).toBe(0);
    const throwing = altered((right) => ({
      tensor: right.tensor.bind(right),
      backward: () => {
        throw new Error("out of order");
      },
    }));
    await expect(judged(throwing)).rejects.toThrow("out of order");
  });

  const mistakes: readonly [string, Operation[], (right: CpuBackend) => Changes][] = [
    ["a biased running variance", ["running_var"], (right) => ({ move: (r, m, w) => right.move(r, m, w, 0) })],
    [
      "momentum the wrong way round",
      ["running_mean", "running_var"],
      (right) => ({ move: (r, m, w, c) => right.move(r, m, 1 - w, c) }),
    ],
    ["a forgotten eps", ["y"], (right) => ({ train: (pass, out) => right.train({ ...pass, eps: 0 }, out) })],
    ["a missing beta", ["y"], (right) => ({ train: (pass, out) => right.train({ ...pass, bias: null }, out) })],
    [
      "a gradient without the ReLU's mask",
      ["dx"],
      (right) => ({ backward: (pass, ...others) => right.backward({ ...pass, activation: null }, ...others) }),
    ],
    [
      "a gradient by the wrong gamma",
      ["dx"],
      (right) => ({ backward: (pass, ...others) => right.backward({ ...pass, weight: null }, ...others) }),
    ],
  ];
  it.each(mistakes)("finds %s", async (_, operations, replace) => {
    const { wrong } = await judged(altered(replace));
    for (const operation of operations) expect([...wrong]).toContain(operation);
  });

  it("finds published values that were not reached", async () => {
    const [first] = testCase.steps;
    if (first?.do !== "pass") throw new Error("the first step is a pass");
    const pass = { ...first.pass, expected: { y: new Float64Array(24), dx: new Float64Array(24) } };
    const { wrong } = await judged(createCpuBackend(), {
      ...testCase,
      steps: [{ ...first, pass, expected: { running_mean: [0, 0], running_var: [1, 1] } }],
    });
    expect([...wrong].sort()).toEqual(["dx", "running_mean", "running_var", "y"]);
  });

  it("refuses a counter that is wrong", async () => {
    const [first] = testCase.steps;
    if (first?.do !== "pass") throw new Error("the first step is a pass");
    const one = { ...testCase, steps: [{ ...first, expected: { num_batches_tracked: 7 } }] };
    await expect(judged(createCpuBackend(), one)).rejects.toThrow("num_batches_tracked is 3, expected 7");
  });
});
