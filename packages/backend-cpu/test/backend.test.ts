import { thrown } from "@batchnorm/testing/thrown";
import { expect, it } from "vitest";
import { type CpuBackendOptions, createCpuBackend } from "../src/index.js";

it("says what it is: cpu, both float types, one thread, tensors in host memory", async () => {
  const backend = createCpuBackend();
  expect(backend.name).toBe("cpu");
  expect(backend.capabilities).toEqual({ dtypes: ["float32", "float64"], hostVisible: true, threads: 1 });
  expect(backend.memory()).toEqual({ liveBuffers: 0, pooledBytes: 0 });
  await expect(backend.sync()).resolves.toBeUndefined();
});

it("backends keep apart: what one frees the other never gets", () => {
  const [a, b] = [createCpuBackend(), createCpuBackend()];
  a.tensor([1, 2, 3], [3]).dispose();
  b.tensor([1, 2, 3], [3]);
  expect(a.memory()).toEqual({ liveBuffers: 0, pooledBytes: 12 });
  expect(b.memory()).toEqual({ liveBuffers: 1, pooledBytes: 0 });
});

it("refuses an unknown option, and names those that there are", () => {
  expect(thrown(() => createCpuBackend({ maxBytes: 1 } as CpuBackendOptions))).toMatchObject({
    code: "ERR_OPTION",
    message: "createCpuBackend has no option maxBytes; its options are maximumPooledBytes",
  });
});
