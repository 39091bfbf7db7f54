import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { BatchNormError, type DType, type View } from "../../src/index.js";
import {
  bitsOf,
  everyOperation,
  type Inputs,
  makeInputs,
  type Operation,
  operations,
  type TensorRole,
  tensorRoles,
} from "../helpers/operations.js";
import { PlainEngine } from "../helpers/plain-engine.js";

const view: View = { outer: 6, channels: 3, inner: 4 };
const shape = [6, 3, 4];

const backend = hostBackend(new PlainEngine());
const other = hostBackend(new PlainEngine());
const good = makeInputs(backend, view);

const pairs = everyOperation.flatMap(([name, { takes, run }]) =>
  tensorRoles.filter((role) => takes.includes(role)).map((role) => ({ name, role, run })),
);

type Run = Operation["run"];

/** The operation fails with this error, writes nothing and leaves nothing behind. */
function expectFailure(run: Run, bad: Partial<Record<keyof Inputs, unknown>>, error: object): void {
  const before = bitsOf(good);
  const { liveBuffers } = backend.memory();
  const came = thrown(() => run(backend, { ...good, ...bad } as Inputs));
  expect(came).toBeInstanceOf(BatchNormError);
  expect(came).toMatchObject(error);
  expect(backend.memory().liveBuffers).toBe(liveBuffers);
  expect(bitsOf(good)).toEqual(before);
}

const message = (text: string) => expect.stringContaining(text);

describe.each(pairs)("$name refuses a $role", ({ role, run }) => {
  const like = good[role];
  const make = (on: typeof backend, dtype?: DType) => on.state(like.values, like.shape, dtype);

  it("that was disposed", () => {
    const disposed = make(backend);
    disposed.dispose();
    const text = `a tensor of shape [${like.shape.join(", ")}] was used after its dispose(); dispose it later`;
    expectFailure(run, { [role]: disposed }, { name: "TensorError", code: "ERR_DISPOSED", message: message(text) });
  });

  it("of another backend of its kind", () => {
    const foreign = make(other);
    const text = `got one of another backend, of shape [${like.shape.join(", ")}]; copy it with backend.tensor`;
    const error = { name: "TensorError", code: "ERR_FOREIGN_TENSOR", message: message(text) };
    expectFailure(run, { [role]: foreign }, error);
    foreign.dispose();
  });

  it.each([
    ["a plain object", { shape: like.shape, dtype: "float32", values: like.values }, "got an Object"],
    [
      "a tensor of another copy of core, or of another engine",
      { shape: like.shape, dtype: "float32", data: async () => like.values, dispose: () => {} },
      `got one of another backend, of shape [${like.shape.join(", ")}]; copy it with backend.tensor(await x.data(), x.shape); npm ls @batchnorm/core tells`,
    ],
    ["an array of floats", like.values, `got a Float32Array of length ${like.values.length}`],
    ["a number", 5, "got 5"],
    ["nothing", undefined, "got undefined"],
  ])("that is %s", (_, bad, text) => {
    const error = { name: "TensorError", code: "ERR_FOREIGN_TENSOR", message: message(text) };
    expectFailure(run, { [role]: bad }, error);
  });
});

describe.each(pairs.filter(({ name }) => !name.startsWith("retain")))(
  "$name refuses a $role of another size",
  ({ name, role, run }) => {
    it("and says which was expected", () => {
      const length = good[role].values.length + 1;
      const bad = backend.state(new Float32Array(length), [length]);
      const isChannels = ["weight", "bias", "mean", "variance"].includes(role) && name !== "assign" && name !== "axpy";
      const code = isChannels ? "ERR_CHANNELS" : "ERR_SHAPE";
      expectFailure(run, { [role]: bad }, { name: "ShapeError", code, message: message(`[${length}]`) });
      if (isChannels) {
        const text = `${role} must hold one value for each of the 3 channels, got shape [4]`;
        expectFailure(run, { [role]: bad }, { message: text });
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
    expectFailure(run, { dy: bad }, { code: "ERR_SHAPE", message: text });
    bad.dispose();
  });

  it.each(backwards)("in $name must have its type", ({ run }) => {
    const bad = backend.tensor(good.dy.values, shape, "float64");
    const text = "dy must be float32 as x is, got float64";
    expectFailure(run, { dy: bad }, { name: "DTypeError", code: "ERR_DTYPE", message: text });
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
  ] as const)("is not written by %s as %s", (name, role: TensorRole) => {
    expectFailure(
      operations[name].run,
      { [role]: tensor },
      {
        name: "TensorError",
        code: "ERR_ALIAS",
        message: message("only a state is written, but a tensor of shape [3] came; make it with backend.state"),
      },
    );
    expect([...tensor.values]).toEqual([1, 2, 3]);
  });

  it("may be a parameter or a statistic that is only read", () => {
    const t = { ...good, weight: tensor, mean: tensor };
    expect(() => backend.apply(t, t, null).dispose()).not.toThrow();
  });
});

describe("a view that does not fit the tensor", () => {
  const viewed = everyOperation.filter(([name, { takes }]) => takes.includes("x") && name !== "retain");

  it.each(viewed)("is refused by %s, and both are named", (_, { run }) => {
    const text = "a tensor of shape [6, 3, 4] has 72 elements, but its view [6, 3, 5] has 90";
    expectFailure(run, { view: { ...view, inner: 5 } }, { code: "ERR_SHAPE", message: text });
  });
});
