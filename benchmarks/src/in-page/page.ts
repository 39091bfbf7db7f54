/** What a page runs that is timed: it opens one implementation, and is asked by `openPage`. */
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { createWasmBackend } from "@batchnorm/backend-wasm";
import type { FloatArray } from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import {
  backendImplementation,
  type Implementation,
  inProcess,
  type Prepared,
  type TimedTask,
  Unsupported,
} from "@batchnorm/timing";
import { baselineTfjs } from "@batchnorm/timing/tfjs";
import { onnxRunner } from "../implementations/onnx-runner.js";
import type { Asked, PageAnswer, PageImplementation } from "./protocol.js";

type Opened = Pick<Implementation, "version" | "threads" | "prepare">;

const version = "";

const openers: Readonly<Record<PageImplementation, (threads: number) => Promise<Opened>>> = {
  cpu: async () => backendImplementation(createCpuBackend(), { version }),
  wasm: async (threads) => backendImplementation(await createWasmBackend({ threads }), { version }),
  "tfjs-wasm": async (threads) => {
    const [tf, wasm] = await Promise.all([import("@tensorflow/tfjs"), import("@tensorflow/tfjs-backend-wasm")]);
    wasm.setWasmPaths("/tfjs-backend-wasm/");
    wasm.setThreadsCount(threads);
    const opened = await baselineTfjs({ name: "wasm", load: async () => tf });
    if ("reason" in opened) throw new Error(opened.reason);
    return opened;
  },
  "onnxruntime-web": async (threads) => {
    const script = "/onnxruntime-web/ort.wasm.min.mjs"; // loads the rest from where it is itself
    const ort: typeof import("onnxruntime-web/wasm") = await import(script);
    ort.env.wasm.numThreads = threads;
    return {
      version: ort.env.versions.web ?? ort.env.versions.common,
      threads,
      prepare: async (workload, task) => {
        if (task.outputs === "reused") throw new Unsupported("onnxruntime-web writes into no tensor that it is given");
        return inProcess(await onnxRunner(ort, { executionProviders: ["wasm"] }, workload, task));
      },
    };
  },
};

let implementation: Opened | null = null;
let prepared: Prepared | null = null;

const asked: Asked = {
  async open(name, threads) {
    implementation = await openers[name](threads);
    return { version: implementation.version, threads: implementation.threads };
  },
  async prepare({ shape, layout, dtype }, task: TimedTask) {
    const read = async (name: string): Promise<FloatArray> => {
      const bytes = await (await fetch(`/inputs/${name}`)).arrayBuffer();
      const values = floatArray(dtype, bytes.byteLength / (dtype === "float64" ? 8 : 4));
      new Uint8Array(values.buffer).set(new Uint8Array(bytes));
      return values;
    };
    const [x, dy, weight, bias] = [await read("x"), await read("dy"), await read("weight"), await read("bias")];
    const [runningMean, runningVar] = [await read("runningMean"), await read("runningVar")];
    const about = { name: "asked", set: "asked", times: 1, about: "asked", quick: false };
    const workload = { case: { ...about, shape: [...shape], layout, dtype }, channels: weight.length };
    prepared =
      (await implementation?.prepare({ ...workload, x, dy, weight, bias, runningMean, runningVar }, task)) ?? null;
  },
  async first() {
    const { milliseconds, results } = await ready().first();
    for (const [name, values] of Object.entries(results)) {
      await fetch(`/results/${name}`, { method: "POST", body: Float64Array.from(values) });
    }
    return milliseconds;
  },
  time: async (milliseconds) => [...(await ready().time(milliseconds))],
  async release() {
    await prepared?.dispose();
    prepared = null;
  },
};

function ready(): Prepared {
  if (prepared === null) throw new Error("nothing is prepared");
  return prepared;
}

/** Errors cross to Node as words. */
async function ask(what: keyof Asked, args: readonly unknown[]): Promise<PageAnswer> {
  try {
    return { ok: await (asked[what] as (...args: readonly unknown[]) => Promise<unknown>)(...args) };
  } catch (error) {
    const { message } = error as Error;
    return error instanceof Unsupported ? { unsupported: message } : { error: message };
  }
}

Object.assign(globalThis, { ask });
