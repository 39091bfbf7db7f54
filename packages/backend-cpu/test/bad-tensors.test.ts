import { BatchNormError, type View } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { type CpuTensor, createCpuBackend } from "../src/index.js";
import { makeBatch, upload } from "./helpers/batch.js";
import { bits } from "./helpers/bits.js";
import { Random } from "./helpers/random.js";
import { thrown } from "./helpers/thrown.js";

const view: View = { outer: 6, channels: 3, inner: 4 };
const shape = [6, 3, 4];

const backend = createCpuBackend();
const other = createCpuBackend();

/** The inputs of every operation, any of which may be replaced by a bad one. */
function inputs() {
  const { x, dy, p } = upload(backend, makeBatch(new Random(163), view));
  const state = (value: number) => backend.state([value, value, value], [3]);
  return { x, dy, ...p, mean: state(0), variance: state(1) };
}

type Inputs = ReturnType<typeof inputs>;
type Role = keyof Inputs;

const o = { eps: 1e-5, activation: null, out: null, needs: { dx: true, affine: true } };
const good = inputs();
const moments = backend.moments(good.x, view);
const sums = backend.gradientSums(good.dy, good.x, view, moments, good, o);

/** Every operation on tensors, with the inputs that it takes. */
const operations: Record<string, { takes: Role[]; run(t: Inputs): unknown }> = {
  train: { takes: ["x", "weight", "bias"], run: (t) => backend.train(t.x, view, t, o) },
  infer: { takes: ["x", "weight", "bias", "mean", "variance"], run: (t) => backend.infer(t.x, view, t, t, o) },
  "backward of training": {
    takes: ["dy", "x", "weight", "bias"],
    run: (t) => backend.backward(t.dy, t.x, view, { moments }, t, o),
  },
  "backward of inference": {
    takes: ["dy", "x", "weight", "bias", "mean", "variance"],
    run: (t) => backend.backward(t.dy, t.x, view, { statistics: t }, t, o),
  },
  moments: { takes: ["x"], run: (t) => backend.moments(t.x, view) },
  normalize: { takes: ["x", "weight", "bias"], run: (t) => backend.normalize(t.x, view, moments, t, o) },
  gradientSums: {
    takes: ["dy", "x", "weight", "bias"],
    run: (t) => backend.gradientSums(t.dy, t.x, view, moments, t, o),
  },
  gradients: {
    takes: ["dy", "x", "weight", "bias"],
    run: (t) => backend.gradients(t.dy, t.x, view, moments, sums, t, o),
  },
  move: { takes: ["mean", "variance"], run: (t) => backend.move(t, moments, 0.1, 1) },
  assign: { takes: ["mean", "variance"], run: (t) => backend.assign(t.mean, t.variance) },
  axpy: { takes: ["mean", "variance"], run: (t) => backend.axpy(1, t.mean, t.variance) },
  retain: { takes: ["x"], run: (t) => backend.retain(t.x) },
};

const pairs = Object.entries(operations).flatMap(([name, { takes, run }]) =>
  takes.map((role) => ({ name, role, run })),
);

/** The operation fails with this error, writes nothing and leaves nothing behind. */
function expectFailure(run: (t: Inputs) => unknown, role: Role, bad: unknown, error: object): void {
  const before = Object.values(good).map((t) => bits(t.values));
  const { liveBuffers } = backend.memory();
  const came = thrown(() => run({ ...good, [role]: bad as CpuTensor }));
  expect(came).toBeInstanceOf(BatchNormError);
  expect(came).toMatchObject(error);
  expect(backend.memory().liveBuffers).toBe(liveBuffers);
  expect(Object.values(good).map((t) => bits(t.values))).toEqual(before);
}

const message = (text: string) => expect.stringContaining(text);

describe.each(pairs)("$name refuses a $role", ({ role, run }) => {
  const like = good[role];
  const make = (on: typeof backend, dtype?: "float64") => on.state(like.values, like.shape, dtype);

  it("that was disposed", () => {
    const disposed = make(backend);
    disposed.dispose();
    const text = `a tensor of shape [${like.shape.join(", ")}] was used after its dispose(); dispose it later`;
    expectFailure(run, role, disposed, { name: "TensorError", code: "ERR_DISPOSED", message: message(text) });
  });

  it("of another backend of its kind", () => {
    const foreign = make(other);
    const text = `got one of another backend, of shape [${like.shape.join(", ")}]; copy it with backend.tensor`;
    expectFailure(run, role, foreign, { name: "TensorError", code: "ERR_FOREIGN_TENSOR", message: message(text) });
    foreign.dispose();
  });

  it.each([
    ["a plain object", { shape: like.shape, dtype: "float32", values: like.values }, "got an Object"],
    ["an array of floats", like.values, `got a Float32Array of length ${like.values.length}`],
    ["a number", 5, "got 5"],
    ["nothing", undefined, "got undefined"],
  ])("that is %s", (_, bad, text) => {
    expectFailure(run, role, bad, { name: "TensorError", code: "ERR_FOREIGN_TENSOR", message: message(text) });
  });
});

describe.each(pairs.filter(({ name, role }) => role !== "x" || name !== "retain"))(
  "$name refuses a $role of another size",
  ({ name, role, run }) => {
    it("and says which was expected", () => {
      const length = good[role].values.length + 1;
      const bad = backend.state(new Float32Array(length), [length]);
      const isChannels = ["weight", "bias", "mean", "variance"].includes(role) && name !== "assign" && name !== "axpy";
      const code = isChannels ? "ERR_CHANNELS" : "ERR_SHAPE";
      expectFailure(run, role, bad, { name: "ShapeError", code, message: message(`[${length}]`) });
      if (isChannels) {
        const text = `${role} must hold one value for each of the 3 channels, got shape [4]`;
        expectFailure(run, role, bad, { message: text });
      }
      bad.dispose();
    });
  },
);

describe("dy beside x", () => {
  const backwards = pairs.filter(({ role }) => role === "dy");

  it.each(backwards)("in $name must have its shape, not only its size", ({ run }) => {
    const bad = backend.tensor(good.dy.values, [18, 4]);
    const text = "expected a tensor of shape [6, 3, 4], got [18, 4]";
    expectFailure(run, "dy", bad, { code: "ERR_SHAPE", message: text });
    bad.dispose();
  });

  it.each(backwards)("in $name must have its type", ({ run }) => {
    const bad = backend.tensor(good.dy.values, shape, "float64");
    const text = "dy must be float32 as x is, got float64";
    expectFailure(run, "dy", bad, { name: "DTypeError", code: "ERR_DTYPE", message: text });
    bad.dispose();
  });
});

describe("a tensor that is no state", () => {
  const tensor = backend.tensor([1, 2, 3], [3]);

  it.each([
    ["assign", "mean"],
    ["axpy", "variance"],
    ["move", "mean"],
    ["move", "variance"],
  ] as const)("is not written by %s as %s", (name, role) => {
    expectFailure(operations[name].run, role, tensor, {
      name: "TensorError",
      code: "ERR_ALIAS",
      message: message("only a state is written, but a tensor of shape [3] came; make it with backend.state"),
    });
    expect([...tensor.values]).toEqual([1, 2, 3]);
  });

  it("may be a parameter or a statistic that is only read", () => {
    const t = { ...good, weight: tensor, mean: tensor };
    expect(() => backend.infer(t.x, view, t, t, o).dispose()).not.toThrow();
  });
});

describe("a disposed tensor", () => {
  it("refuses its values and its data", async () => {
    const x = backend.tensor([1, 2], [2]);
    x.dispose();
    expect(thrown(() => x.values)).toMatchObject({ code: "ERR_DISPOSED", message: message("[2]") });
    await expect(x.data()).rejects.toMatchObject({ code: "ERR_DISPOSED" });
    expect(x.shape).toEqual([2]);
  });

  it("may be disposed again: its buffer, now another's, is left alone", () => {
    const { liveBuffers } = backend.memory();
    const x = backend.tensor([1, 2], [2]);
    x.dispose();
    const y = backend.tensor([3, 4], [2]);
    x.dispose();
    const z = backend.tensor([5, 6], [2]);
    expect([...y.values]).toEqual([3, 4]);
    expect(backend.memory().liveBuffers).toBe(liveBuffers + 2);
    y.dispose();
    z.dispose();
    expect(backend.memory().liveBuffers).toBe(liveBuffers);
  });
});

it("a view that does not fit the tensor is refused, and both are named", () => {
  const wrong = { outer: 6, channels: 3, inner: 5 };
  const text = "a tensor of shape [6, 3, 4] has 72 elements, but its view [6, 3, 5] has 90";
  for (const run of [
    () => backend.train(good.x, wrong, good, o),
    () => backend.infer(good.x, wrong, good, good, o),
    () => backend.backward(good.dy, good.x, wrong, { moments }, good, o),
    () => backend.moments(good.x, wrong),
  ]) {
    const { liveBuffers } = backend.memory();
    expect(thrown(run)).toMatchObject({ code: "ERR_SHAPE", message: text });
    expect(backend.memory().liveBuffers).toBe(liveBuffers);
  }
});
