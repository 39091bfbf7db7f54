import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { disposeAll, makeInputs } from "../helpers/operations.js";
import { engines } from "../helpers/plain-engine.js";

const view = { outer: 9, channels: 4, inner: 7 };

describe.each(engines)("what is not asked for, by %s", (_, makeEngine) => {
  const backend = hostBackend(makeEngine());
  const inputs = makeInputs(backend, view);

  it.each([
    ["training", inputs.moments, null],
    ["training with sums", inputs.moments, inputs.sums],
    ["inference", inputs, null],
  ])("is null and costs no buffer, in %s", (_, source, sums) => {
    const before = backend.memory().liveBuffers;
    const ask = (dx: boolean, affine: boolean) =>
      backend.backward(inputs, source, inputs.dy, { needs: { dx, affine }, out: null, sums });
    expect(ask(false, false)).toEqual({ dx: null, dweight: null, dbias: null });
    expect(backend.memory().liveBuffers).toBe(before);
    const onlyX = ask(true, false);
    expect(onlyX).toMatchObject({ dweight: null, dbias: null });
    expect(backend.memory().liveBuffers).toBe(before + 1);
    const onlyAffine = ask(false, true);
    expect(onlyAffine.dx).toBeNull();
    expect(backend.memory().liveBuffers).toBe(before + 3);
    const all = ask(true, true);
    expect(all.dx?.values).toEqual(onlyX.dx?.values);
    expect(all.dweight?.values).toEqual(onlyAffine.dweight?.values);
    expect(all.dbias?.values).toEqual(onlyAffine.dbias?.values);
    disposeAll([onlyX, onlyAffine, all]);
    expect(backend.memory().liveBuffers).toBe(before);
  });

  it("leaves out alone where dx is not asked for", () => {
    const out = backend.tensor(inputs.x.values, inputs.x.shape);
    const o = { needs: { dx: false, affine: true }, out, sums: null };
    expect(backend.backward(inputs, inputs.moments, inputs.dy, o).dx).toBeNull();
    expect(out.values).toEqual(inputs.x.values);
  });

  it("has gradients of the parameters that there are only", () => {
    const ask = (pass: object) =>
      backend.backward({ ...inputs, ...pass }, inputs.moments, inputs.dy, {
        needs: { dx: false, affine: true },
        out: null,
        sums: null,
      });
    const { dweight, dbias } = ask({});
    expect(ask({ bias: null })).toMatchObject({ dbias: null });
    expect(ask({ bias: null }).dweight?.values).toEqual(dweight?.values);
    expect(ask({ weight: null })).toMatchObject({ dweight: null });
    expect(ask({ weight: null }).dbias?.values).toEqual(dbias?.values);
    expect(ask({ weight: null, bias: null })).toEqual({ dx: null, dweight: null, dbias: null });
  });

  it("takes no sums behind statistics", () => {
    const o = { needs: { dx: true, affine: true }, out: null, sums: inputs.sums };
    const before = backend.memory().liveBuffers;
    expect(thrown(() => backend.backward(inputs, inputs, inputs.dy, o))).toMatchObject({
      code: "ERR_OPTION",
      message: expect.stringContaining("by given statistics sums must be null"),
    });
    expect(backend.memory().liveBuffers).toBe(before);
  });
});
