import { bits } from "@batchnorm/testing/bits";
import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { type HostTensor, hostBackend } from "../../src/host/index.js";
import { type Inputs, makeInputs, resultOf, withOut } from "../helpers/operations.js";
import { engines } from "../helpers/plain-engine.js";

const view = { outer: 9, channels: 4, inner: 7 };
const shape = [9, 4, 7];

describe.each(engines)("a result, by %s", (_, makeEngine) => {
  const backend = hostBackend(makeEngine());

  describe.each(["float32", "float64"] as const)("in %s", (dtype) => {
    it.each([null, "relu"] as const)(
      "comes in `out` with the bits that it has without, activation %s",
      (activation) => {
        const inputs = makeInputs(backend, view, { dtype, activation });
        for (const [name, { run }] of withOut) {
          const expected = bits(resultOf(run(backend, inputs)).values);
          const out = backend.tensor(new Float64Array(252).fill(Number.NaN), shape, dtype);
          expect(resultOf(run(backend, { ...inputs, out })), name).toBe(out);
          expect(bits(out.values), name).toEqual(expected);
        }
      },
    );

    it.each([null, "relu"] as const)("may overwrite dy, activation %s", (activation) => {
      const backwards = withOut.filter(([, { takes }]) => takes.includes("dy"));
      for (const [name, { run }] of backwards) {
        const inputs = makeInputs(backend, view, { dtype, activation });
        const { dy } = inputs;
        const expected = bits(resultOf(run(backend, inputs)).values);
        expect(resultOf(run(backend, { ...inputs, out: dy })), name).toBe(dy);
        expect(bits(dy.values), name).toEqual(expected);
      }
    });

    it("must not overwrite x, nor a handle on it, and leaves nothing behind where it would", () => {
      const inputs = makeInputs(backend, view, { dtype });
      const { x } = inputs;
      const handle = backend.retain(x);
      const before = bits(x.values);
      for (const [name, { run }] of withOut) {
        for (const out of [x, handle]) {
          const { liveBuffers } = backend.memory();
          expect(
            thrown(() => run(backend, { ...inputs, out })),
            name,
          ).toMatchObject({ code: "ERR_ALIAS", message: expect.stringMatching(/must not be x/) });
          expect(backend.memory().liveBuffers, name).toBe(liveBuffers);
        }
      }
      expect(bits(x.values)).toEqual(before);
    });

    it("must have the shape and the type of x, and be there", () => {
      const inputs = makeInputs(backend, view, { dtype });
      const other = dtype === "float32" ? "float64" : "float32";
      for (const [name, { run }] of withOut) {
        const { liveBuffers } = backend.memory();
        const into = (out: HostTensor) => thrown(() => run(backend, { ...inputs, out }));
        const flat = backend.tensor(new Float32Array(252), [252], dtype);
        expect(into(flat), name).toMatchObject({
          code: "ERR_SHAPE",
          message: "expected a tensor of shape [9, 4, 7], got [252]",
        });
        const wrong = backend.tensor(new Float32Array(252), shape, other);
        expect(into(wrong), name).toMatchObject({
          code: "ERR_DTYPE",
          message: `out must be ${dtype} as x is, got ${other}`,
        });
        flat.dispose();
        wrong.dispose();
        expect(into(wrong), name).toMatchObject({ code: "ERR_DISPOSED" });
        expect(into(undefined as unknown as HostTensor), name).toMatchObject({ code: "ERR_FOREIGN_TENSOR" });
        expect(backend.memory().liveBuffers, name).toBe(liveBuffers);
      }
    });
  });

  it("must not overwrite x where that is its own dy", () => {
    const x = backend.tensor([1, 2, 3, 4, 5, 7], [2, 3]);
    const pass = { x, view: { outer: 2, channels: 3, inner: 1 }, weight: null, bias: null, eps: 1, activation: null };
    const o = { needs: { dx: true, affine: false }, out: x, sums: null };
    const run = () => backend.backward(pass, backend.moments(pass), x, o);
    expect(thrown(run)).toMatchObject({ code: "ERR_ALIAS" });
    expect([...x.values]).toEqual([1, 2, 3, 4, 5, 7]);
  });

  it.each(["state", "tensor"] as const)(
    "must not overwrite a parameter or a statistic of the same shape: a %s",
    (kind) => {
      const row = makeInputs(backend, { outer: 1, channels: 3, inner: 1 });
      // of the shape of x, so that nothing but the role forbids them
      const inputs: Inputs = {
        ...row,
        weight: backend[kind]([1, 2, 3], row.x.shape),
        bias: backend[kind]([4, 5, 6], row.x.shape),
        mean: backend[kind]([1, 1, 1], row.x.shape),
        variance: backend[kind]([2, 2, 2], row.x.shape),
      };
      for (const [name, { takes, run }] of withOut) {
        for (const role of ["weight", "bias", "mean", "variance"] as const) {
          if (!takes.includes(role)) continue;
          for (const out of [inputs[role], ...(kind === "tensor" ? [backend.retain(inputs[role])] : [])]) {
            const before = [...out.values];
            expect(
              thrown(() => run(backend, { ...inputs, out })),
              `${name}, ${role}`,
            ).toMatchObject({ code: "ERR_ALIAS" });
            expect([...out.values], name).toEqual(before);
          }
        }
      }
    },
  );
});
