import { afterEach, expect, it, vi } from "vitest";
import { BatchNorm1d, type ChosenBackend, type CreateBackendOptions, createBackend } from "../src/index.js";

const opened: ChosenBackend[] = [];
afterEach(() => {
  for (const backend of opened.splice(0)) backend.close();
  vi.restoreAllMocks();
});

async function create(options?: CreateBackendOptions): Promise<ChosenBackend> {
  const backend = await createBackend(options);
  opened.push(backend);
  return backend;
}

it("takes WebAssembly for float32, and says why", async () => {
  const backend = await create({ threads: 2 });
  expect(backend.name).toBe("wasm");
  expect(backend.choice).toEqual({ name: "wasm", why: "wasm computes in float32 on 2 threads", passedOver: [] });
  const bn = new BatchNorm1d(backend, 2);
  const y = await bn.forward(backend.tensor([1, 2, 3, 4], [2, 2])).data();
  expect([...y].map(Math.round)).toEqual([-1, -1, 1, 1]);
});

it("takes plain TypeScript for float64", async () => {
  const { name, choice } = await create({ dtype: "float64" });
  expect(name).toBe("cpu");
  expect(choice).toEqual({
    name: "cpu",
    why: "cpu computes in float64 on 1 thread; wasm was passed over: it does not compute in float64",
    passedOver: [{ name: "wasm", why: "it does not compute in float64" }],
  });
});

it("takes plain TypeScript where WebAssembly cannot run", async () => {
  vi.resetModules();
  vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  const { createBackend } = await import("../src/index.js");
  const { choice } = await createBackend();
  expect(choice.name).toBe("cpu");
  expect(choice.passedOver).toEqual([{ name: "wasm", why: expect.stringContaining("128-bit SIMD") }]);
  await expect(createBackend({ only: ["wasm"] })).rejects.toMatchObject({
    code: "ERR_UNSUPPORTED",
    message: expect.stringMatching(/^no backend computes in float32 here \(wasm: .*128-bit SIMD.*\); allow others/),
  });
});

it("takes what is preferred, and no other than what is allowed", async () => {
  expect((await create({ prefer: ["cpu"] })).name).toBe("cpu");
  expect((await create({ prefer: ["cpu", "wasm"], only: ["wasm"], threads: 1 })).name).toBe("wasm");
  // a preference gives way, `only` does not
  expect((await create({ prefer: ["wasm"], dtype: "float64" })).name).toBe("cpu");
  await expect(create({ only: ["wasm"], dtype: "float64" })).rejects.toThrow(/wasm: it does not compute in float64/);
});

it.each([
  [{ dtype: "float16" }, 'dtype must be "float32" or "float64", got the string "float16"'],
  [{ prefer: ["gpu"] }, 'prefer must be a list of "wasm", "cpu", got the string "gpu" in it'],
  [{ prefer: [undefined] }, 'prefer must be a list of "wasm", "cpu", got undefined in it'],
  [{ only: "cpu" }, 'only must be a list of "wasm", "cpu", got the string "cpu"'],
  [{ only: [] }, "no backend computes in float32 here (only names none)"],
  [{ threads: 0 }, "threads must be an integer from 1 to 256, got 0"],
  [{ threads: "4", only: ["cpu"] }, 'threads must be an integer from 1 to 256, got the string "4"'],
  [{ backend: "cpu" }, "backend"],
])("refuses %j and says what is right", async (options, text) => {
  await expect(createBackend(options as unknown as CreateBackendOptions)).rejects.toThrow(text);
});
