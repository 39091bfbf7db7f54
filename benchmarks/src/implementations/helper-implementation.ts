import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type DType, defaultEps, defaultMomentum, type FloatArray } from "@batchnorm/core";
import type {
  ComparedResult,
  FirstRun,
  Implementation,
  ImplementationDescription,
  Prepared,
  Results,
  TimedTask,
  Workload,
} from "@batchnorm/timing";
import { type HelperCommand, HelperProcess } from "./helper-process.js";
import { inputFiles, removeInputFiles, resultFolder } from "./workload-files.js";

/** An implementation that runs in a process of its own. */
export interface HelperImplementationOptions extends ImplementationDescription {
  readonly command: HelperCommand;
}

/** Milliseconds that a helper may be silent beyond what it was asked to take: a slow machine loads large libraries. */
const patience = { start: 120_000, work: 60_000 } as const;

/**
 * Starts a helper and asks who it is. Where it fails later it is started again for the next task, so that it loses no
 * more than what it was asked then.
 *
 * @throws HelperFailure where it does not start, Unsupported where it has not so many threads
 */
export async function helperImplementation(options: HelperImplementationOptions): Promise<Implementation> {
  const { command, threads, ...about } = options;
  let helper = new HelperProcess(command);
  const hello = await helper.ask("hello", { threads }, patience.start).catch(async (error: unknown) => {
    await helper.close();
    throw error;
  });
  const restarted = async () => {
    if (helper.alive) return helper;
    helper = new HelperProcess(command);
    await helper.ask("hello", { threads }, patience.start);
    return helper;
  };
  return {
    ...about,
    ...hello,
    prepare: async (workload, task) => prepareIn(await restarted(), workload, task),
    close: async () => {
      await helper.close();
      removeInputFiles();
    },
  };
}

async function prepareIn(helper: HelperProcess, workload: Workload, task: TimedTask): Promise<Prepared> {
  const { shape, layout, dtype } = workload.case;
  const { operation, activation, outputs } = task;
  const request = { shape, layout, dtype, eps: defaultEps, momentum: defaultMomentum, operation, activation, outputs };
  await helper.ask("prepare", { ...request, inputs: await inputFiles(workload) }, patience.work);
  return {
    first: () => firstRun(helper, dtype),
    time: async (milliseconds) => {
      const { samples } = await helper.ask("time", { milliseconds }, milliseconds + patience.work);
      return samples;
    },
    dispose: async () => {
      if (helper.alive) await helper.ask("release", {}, patience.work);
    },
  };
}

async function firstRun(helper: HelperProcess, dtype: DType): Promise<FirstRun> {
  const folder = await resultFolder();
  try {
    const { results, ...measured } = await helper.ask("first", { folder }, patience.work);
    return { ...measured, results: await readResults(folder, results, dtype) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readResults(folder: string, names: readonly ComparedResult[], dtype: DType): Promise<Results> {
  const results: Partial<Record<ComparedResult, FloatArray>> = {};
  for (const name of names) {
    const { buffer, byteOffset, byteLength } = await readFile(join(folder, name));
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    results[name] = dtype === "float64" ? new Float64Array(bytes) : new Float32Array(bytes);
  }
  return results;
}
