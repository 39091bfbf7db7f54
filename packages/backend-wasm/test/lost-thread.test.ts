import { ResourceError } from "@batchnorm/core";
import { hostBackend } from "@batchnorm/core/host";
import { everything, makeBatch, upload } from "@batchnorm/testing/batch";
import { Random } from "@batchnorm/testing/random";
import { thrown } from "@batchnorm/testing/thrown";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WasmKernels } from "../src/backend.js";
import { creator } from "../src/create.js";
import { instantiate, kernelModule } from "../src/kernels.js";
import { Heap } from "../src/memory/heap.js";
import { createWasmBackend } from "../src/node.js";
import { node, startHelper } from "../src/threads/node.js";
import { Team } from "../src/threads/team.js";
import { runNode } from "./helpers/node-process.js";
import { bytes, expectSameBits, resultsOf } from "./helpers/results.js";
import { wordsOf } from "./helpers/shared-words.js";
import { sendThief } from "./helpers/thief.js";

const view = { outer: 32, channels: 64, inner: 400 };
const large = makeBatch(new Random(229), view);
const small = makeBatch(new Random(233), { outer: 16, channels: 8, inner: 900 });

/** A backend of several threads with what a layer holds, and what it does with them. */
async function layerLike() {
  const backend = await createWasmBackend({ threads: 3 });
  const { pass, dy } = upload(backend, large);
  const { x, weight, bias } = pass;
  const running = { mean: backend.state(large.beta, [64]), variance: backend.state(large.gamma.map(Math.abs), [64]) };
  const { y, moments } = backend.train(pass, null);
  const steps: Record<string, () => void> = {
    train() {
      const made = backend.train(pass, y);
      backend.move(running, made.moments, 0.1, 1);
      made.moments.dispose();
    },
    "train into a new tensor"() {
      const made = backend.train(pass, null);
      backend.move(running, made.moments, 0.1, 1);
      made.moments.dispose();
      made.y.dispose();
    },
    backward() {
      const { dx, dweight, dbias } = backend.backward(pass, moments, dy, everything);
      for (const gradient of [dx, dweight, dbias]) gradient?.dispose();
    },
    infer: () => backend.apply(pass, running, null).dispose(),
    normalize: () => backend.apply(pass, moments, null).dispose(),
    moments: () => backend.moments(pass).dispose(),
    gradientSums: () => backend.gradientSums(pass, moments, dy).dispose(),
  };
  const states = [weight, bias, running.mean, running.variance];
  return { backend, steps, inputs: [...states, x, dy], memory: x.values.buffer };
}

/** Does a step until a thief has taken a task of it: what is thrown then. */
async function untilLost(step: () => void, before: () => void = () => {}): Promise<unknown> {
  while (true) {
    before();
    try {
      step();
    } catch (error) {
      return error;
    }
    await new Promise((resolve) => setImmediate(resolve)); // so that a test without an end has one
  }
}

describe("a helper that takes a part of an operation and dies", () => {
  it.each(["train", "train into a new tensor", "backward", "infer", "normalize", "moments", "gradientSums"])(
    "makes %s throw, and nothing was changed; from then on one thread computes",
    async (name) => {
      const { backend, steps, inputs, memory } = await layerLike();
      const { liveBuffers } = backend.memory();
      let before: Buffer[] = [];
      await using _ = await sendThief(memory);
      const error = await untilLost(steps[name] as () => void, () => {
        before = inputs.map(({ values }) => Buffer.from(bytes(values)));
      });
      expect(error).toBeInstanceOf(ResourceError);
      expect(error).toMatchObject({
        code: "ERR_THREAD",
        message: expect.stringMatching(/not been heard of.*Call again/),
      });
      expect(inputs.map(({ values }, i) => bytes(values).equals(before[i] as Buffer))).not.toContain(false);

      expect(backend.capabilities).toMatchObject({ threads: 1, whyOneThread: expect.stringContaining("lost") });
      const alone = await createWasmBackend({ threads: 1 });
      for (const batch of [large, small]) {
        expectSameBits(await resultsOf(backend, batch, "relu"), await resultsOf(alone, batch, "relu"));
      }
      for (const step of Object.values(steps)) step();
      await expect.poll(() => backend.memory().liveBuffers).toBe(liveBuffers);
      backend.close();
      expect(thrown(() => backend.tensor([1], [1]))).toMatchObject({ code: "ERR_CLOSED" });
    },
  );

  it("leaves what the lost one may still touch to nobody until all helpers have ended", async () => {
    const { backend, steps, memory } = await layerLike();
    const { liveBuffers } = backend.memory();
    await using _ = await sendThief(memory);
    await untilLost(steps["train into a new tensor"] as () => void);
    expect(backend.memory().liveBuffers).toBeGreaterThan(liveBuffers);
    await expect.poll(() => backend.memory().liveBuffers).toBe(liveBuffers);
    backend.close();
  });

  it("does not keep another backend from having threads", async () => {
    const { backend, steps, memory } = await layerLike();
    await using _ = await sendThief(memory);
    await untilLost(steps.train as () => void);
    const other = await createWasmBackend({ threads: 2 });
    expect(other.capabilities.threads).toBe(2);
    expectSameBits(await resultsOf(other, small), await resultsOf(backend, small));
    backend.close();
    other.close();
  });
});

it("a helper that gets no processor for 0.7 s is lost like one that died, and does no harm when it comes back", async () => {
  const { backend, steps, memory } = await layerLike();
  await using thief = await sendThief(memory, { held: true });
  let start = 0;
  const error = await untilLost(steps.train as () => void, () => {
    start = performance.now();
  });
  expect(error).toMatchObject({ code: "ERR_THREAD" });
  expect(performance.now() - start).toBeGreaterThan(700);
  expect(backend.capabilities.threads).toBe(1);
  thief.release();
  await thief.took;
  const alone = await createWasmBackend({ threads: 1 });
  expectSameBits(await resultsOf(backend, large), await resultsOf(alone, large));
  backend.close();
});

it("a helper that is slow, but shows progress, is waited for", async () => {
  const { backend, steps, memory } = await layerLike();
  await using thief = await sendThief(memory, { slowMilliseconds: 1500 });
  const took = { it: false };
  void thief.took.then(() => {
    took.it = true;
  });
  const times: number[] = [];
  while (!took.it) {
    const start = performance.now();
    (steps.moments as () => void)();
    times.push(performance.now() - start);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(Math.max(...times)).toBeGreaterThan(1400);
  expect(backend.capabilities.threads).toBe(3);
  backend.close();
});

describe("helpers that ended while they slept", () => {
  it("are not missed: the results are the same, and the threads that are left are told", async () => {
    const module = kernelModule();
    const heap = new Heap(2 ** 28);
    const exports = instantiate(module, heap.memory);
    const team = await Team.start(node, { module, memory: heap.memory }, exports, 3);
    const backend = hostBackend(new WasmKernels({ exports, heap, team, whyOneThread: undefined }));
    expect(backend.capabilities.threads).toBe(4);
    const expected = await resultsOf(backend, large);
    const { read } = wordsOf(backend.tensor([1], [1]).values);
    await expect.poll(() => read("asleep")).toBe(3);
    await team.terminate();
    expect(backend.capabilities.threads).toBe(1);
    expectSameBits(await resultsOf(backend, large), expected);
    await team.terminate(); // again does nothing
    backend.close();
  });
});

describe("a helper that does not start", () => {
  const shared = () => new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
  const start = (module: unknown, memory: WebAssembly.Memory) =>
    Team.start(node, { module: module as WebAssembly.Module, memory }, instantiate(kernelModule(), shared()), 2);

  it.each([
    ["a module that is none", () => start({}, shared()), "must be a WebAssembly.Module"],
    [
      "a memory too small",
      () => start(kernelModule(), new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })),
      "memory",
    ],
    ["what cannot be sent to it", () => start(() => {}, shared()), "could not be cloned"],
  ])("for %s is an error that says so", async (_, starting, text) => {
    const error = await starting().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ResourceError);
    expect(error).toMatchObject({ code: "ERR_THREAD", message: expect.stringContaining(text) });
    expect(error).toMatchObject({ message: expect.stringMatching(/^one of 2 helper threads .*; ask for fewer/) });
  });

  describe("or behaves otherwise than ours", () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    /** `createWasmBackend` with helpers that run another script. */
    const withHelpers = (source: string) => creator({ ...node, startHelper: (shared) => startHelper(shared, source) });

    it("since it ends at once: the error tells its exit code", async () => {
      const create = withHelpers("process.exit(3)");
      const text = "one of 1 helper threads of the wasm backend did not start: it ended with code 3; ask for fewer";
      await expect(create({ threads: 2 })).rejects.toMatchObject({
        code: "ERR_THREAD",
        message: expect.stringContaining(text),
      });
    });

    it("where no number of threads was asked for: one computes, and says why", async () => {
      const { capabilities } = await withHelpers("process.exit(3)")();
      expect(capabilities).toMatchObject({ threads: 1, whyOneThread: expect.stringContaining("it ended with code 3") });
    });

    it("since it says nothing: it is waited for a minute, no more", async () => {
      const create = withHelpers("setInterval(() => {}, 1000)");
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      let waiting = true;
      const failed = expect(create({ threads: 2 })).rejects.toMatchObject({
        code: "ERR_THREAD",
        message: expect.stringContaining("it has not been heard of for 60 s"),
      });
      void failed.then(() => {
        waiting = false;
      });
      await vi.advanceTimersByTimeAsync(59_999);
      expect(waiting).toBe(true);
      await vi.advanceTimersByTimeAsync(1);
      await failed;
    });

    it("by an error later on: the backend goes on without it", async () => {
      const create = withHelpers(`
        require("node:worker_threads").parentPort.postMessage("ready");
        setTimeout(() => { throw new Error("a helper's own") }, 10);
      `);
      const backend = await create({ threads: 3 });
      await expect.poll(() => backend.capabilities.threads).toBe(1);
      const alone = await createWasmBackend({ threads: 1 });
      expectSameBits(await resultsOf(backend, large), await resultsOf(alone, large));
      backend.close();
    });
  });

  it.runIf(process.platform === "linux")("leaves no other behind", async () => {
    const printed = await runNode(`
      import { readdirSync } from "node:fs";
      import { setTimeout } from "node:timers/promises";
      const threads = () => readdirSync("/proc/self/task").length;
      const { Team } = await import(dist + "threads/team.js");
      const { node } = await import(dist + "threads/node.js");
      const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
      await Team.start(node, { module: {}, memory }, null, 1).catch(() => {});
      const before = threads();
      const failed = await Team.start(node, { module: {}, memory }, null, 4).catch((error) => error.code);
      while (threads() > before) await setTimeout(10);
      console.log(failed);
    `);
    expect(printed).toBe("ERR_THREAD");
  });
});

describe("a process", () => {
  const work = `
    const { createWasmBackend } = await import(dist + "node.js");
    const backend = await createWasmBackend({ threads: 4 });
    const view = { outer: 16, channels: 8, inner: 900 };
    const x = backend.tensor(new Float32Array(16 * 8 * 900).fill(2), [16, 8, 900]);
    const { y } = backend.train({ x, view, weight: null, bias: null, eps: 1e-5, activation: null }, null);
    console.log(backend.capabilities.threads, y.values[0]);
  `;

  it("ends though its backend was not closed", async () => {
    expect(await runNode(work)).toBe("4 0");
  });

  it("ends though it forgot its backend before it has started", async () => {
    const forgotten = `
      const { createWasmBackend } = await import(dist + "node.js");
      void createWasmBackend({ threads: 4 });
    `;
    expect(await runNode(forgotten)).toBe("");
  });

  it("ends after it has closed its backend, once or twice", async () => {
    expect(await runNode(`${work}\nbackend.close(); backend.close(); console.log(backend.capabilities.threads);`)).toBe(
      "4 0\n1",
    );
  });

  it.runIf(process.platform === "linux")("has the threads of a backend no more after its close", async () => {
    const printed = await runNode(`
      import { readdirSync } from "node:fs";
      import { setTimeout } from "node:timers/promises";
      const threads = () => readdirSync("/proc/self/task").length;
      ${work}
      const open = threads();
      backend.close();
      while (threads() > open - 3) await setTimeout(10);
    `);
    expect(printed).toBe("4 0");
  });
});
