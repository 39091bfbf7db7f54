import { createCpuBackend } from "@batchnorm/backend-cpu";
import { DTypeError, OptionError, TensorError } from "@batchnorm/core";
import { BatchNorm1d } from "@batchnorm/layers";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createTfjsBackend, type TensorFlow } from "../src/index.js";
import { numbers } from "./data.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("createTfjsBackend", () => {
  it("refuses what is no TensorFlow.js, unknown options, and hosts that are none", async () => {
    await expect(createTfjsBackend({} as TensorFlow)).rejects.toThrow(/expected TensorFlow\.js, such as import/);
    await expect(createTfjsBackend(tf, { hosts: null } as object)).rejects.toThrow("its options are host, precise");
    await expect(createTfjsBackend(tf, { precise: "no" } as never)).rejects.toThrow(OptionError);
    const device = { ...createCpuBackend(), capabilities: { dtypes: ["float32"], hostVisible: false, threads: 1 } };
    await expect(createTfjsBackend(tf, { host: device as never })).rejects.toThrow(
      /host must be a backend in host memory/,
    );
  });

  it("says once the engine is another", async () => {
    tf.registerBackend("another", tf.findBackendFactory("cpu"));
    const backend = await createTfjsBackend(tf);
    const x = backend.tensor(numbers(6), [3, 2]);
    await tf.setBackend("another");
    try {
      expect(() => backend.tensor([1], [1])).toThrow(
        /made while TensorFlow\.js ran on cpu, and it runs on another now/,
      );
      await expect(createTfjsBackend(tf, { host: createCpuBackend() })).rejects.toThrow(
        /runs on another; leave host out/,
      );
    } finally {
      await tf.setBackend("cpu");
      tf.removeBackend("another");
    }
    x.dispose();
  });

  it("refuses types that TensorFlow.js does not compute in", async () => {
    const backend = await createTfjsBackend(tf);
    expect(() => backend.tensor(Float64Array.of(1), [1])).toThrow(DTypeError);
    expect(() => backend.tensor(Float64Array.of(1), [1])).toThrow(/computes in float32, got float64; ask for dtype/);
    expect(() => new BatchNorm1d(backend, 2, { dtype: "float64" })).toThrow(DTypeError);
  });

  it("takes tensors of TensorFlow.js as they stand, and refuses others", async () => {
    const backend = await createTfjsBackend(tf);
    const bn = new BatchNorm1d(backend, 2);
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const y = bn.forward(x);
    expect(y).toBeInstanceOf(tf.Tensor);
    expect(Array.from(await y.data())).toEqual([-1, -1, 1, 1].map((v) => expect.closeTo(v, 4)));
    const foreign = createCpuBackend().tensor([1, 2, 3, 4], [2, 2]);
    expect(() => bn.forward(foreign as never)).toThrow(TensorError);
    x.dispose();
    expect(() => bn.forward(x)).toThrow(/was used after its dispose\(\); dispose it later, or keep it with tf\.keep/);
    bn.dispose();
    y.dispose();
  });
});
