/** Implementations in a page of Chromium, for processes of their own, which open them by name. */
import type { DType } from "@batchnorm/core";
import { chromium as component } from "@batchnorm/optional-components";
import { type Implementation, type ImplementationDescription, type Prepared, Unsupported } from "@batchnorm/timing";
import { baselineTfjsDescription } from "@batchnorm/timing/tfjs";
import { chromium, type Page } from "playwright-core";
import { backendDescription, onThreads } from "../implementations/description.js";
import { ownVersion } from "../implementations/own-version.js";
import { pageScript } from "./bundle.js";
import { onnxruntimeWebDescription } from "./onnxruntime-web.js";
import type { Asked, PageAnswer, PageImplementation } from "./protocol.js";
import { type PageServer, servePage } from "./server.js";

/** What people are told of each on so many threads. */
export const descriptions: Readonly<Record<PageImplementation, (threads: number) => ImplementationDescription>> = {
  cpu: () => backendDescription("cpu"),
  wasm: (threads) => backendDescription("wasm", threads),
  "tfjs-wasm": (threads) => {
    const description = baselineTfjsDescription("wasm");
    return { ...description, threads, name: onThreads(description.name, threads) };
  },
  "onnxruntime-web": onnxruntimeWebDescription,
};

/** @public */
export const cpu = (threads: number) => inPage("cpu", threads, true);
/** @public */
export const wasm = (threads: number) => inPage("wasm", threads, true);
/** @public */
export const tfjsWasm = (threads: number) => inPage("tfjs-wasm", threads, true);
/** @public */
export const onnxruntimeWeb = (threads: number) => inPage("onnxruntime-web", threads, true);
/** @public */
export const cpuNotIsolated = (threads: number) => inPage("cpu", threads, false);
/** @public */
export const wasmNotIsolated = (threads: number) => inPage("wasm", threads, false);
/** @public */
export const tfjsWasmNotIsolated = (threads: number) => inPage("tfjs-wasm", threads, false);
/** @public */
export const onnxruntimeWebNotIsolated = (threads: number) => inPage("onnxruntime-web", threads, false);

async function inPage(name: PageImplementation, threads: number, isolated: boolean): Promise<Implementation> {
  const presence = await component.probe();
  if (!presence.present) throw new Unsupported(presence.reason);
  const server = await servePage(await pageScript(), isolated);
  const browser = await chromium.launch({ executablePath: presence.path as string, args: ["--no-sandbox"] });
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    return { ...(await implementationOf(await browser.newPage(), server, name, threads)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function implementationOf(
  page: Page,
  server: PageServer,
  name: PageImplementation,
  threads: number,
): Promise<Implementation> {
  const failure = new Promise<never>((_, reject) => page.once("pageerror", reject));
  await page.goto(server.address);
  await Promise.race([page.waitForFunction(() => "ask" in globalThis), failure]);
  failure.catch(() => {}); // from now on the page's answers say what fails
  const ask = async <What extends keyof Asked>(
    what: What,
    ...args: Parameters<Asked[What]>
  ): Promise<Awaited<ReturnType<Asked[What]>>> => {
    const answer: PageAnswer = await page.evaluate(
      ([what, args]) => (globalThis as unknown as { ask: (...all: unknown[]) => Promise<PageAnswer> }).ask(what, args),
      [what, args] as const,
    );
    if ("ok" in answer) return answer.ok as Awaited<ReturnType<Asked[What]>>;
    throw "unsupported" in answer ? new Unsupported(answer.unsupported) : new Error(answer.error);
  };
  const opened = await ask("open", name, threads);
  const preparedFor = (dtype: DType): Prepared => ({
    first: async () => {
      server.results.clear();
      const milliseconds = await ask("first");
      const ofType = dtype === "float64" ? Float64Array : Float32Array;
      const results = [...server.results].map(([result, values]) => [result, ofType.from(values)]);
      return { milliseconds, results: Object.fromEntries(results) };
    },
    time: (milliseconds) => ask("time", milliseconds),
    dispose: () => ask("release"),
  });
  return {
    ...descriptions[name](threads),
    ...opened,
    version: opened.version || ownVersion(),
    prepare: async (workload, task) => {
      const { x, dy, weight, bias, runningMean, runningVar } = workload;
      server.inputs = { x, dy, weight, bias, runningMean, runningVar };
      const { shape, layout, dtype } = workload.case;
      await ask("prepare", { shape, layout, dtype }, task);
      return preparedFor(dtype);
    },
  };
}
