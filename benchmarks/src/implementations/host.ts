/**
 * The other side of the protocol for implementations written in JavaScript: asks its parent's questions of one of them.
 *
 *     node host.js <file of a module> <name of its export, (threads: number) => Promise<Implementation>>
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { DType, FloatArray } from "@batchnorm/core";
import { floatArray } from "@batchnorm/core/checks";
import type { Workload } from "@batchnorm/timing";
import { type ComparedResult, type Implementation, type Prepared, Unsupported } from "@batchnorm/timing";
import type { Answers, Requests } from "./protocol.js";

type Open = (threads: number) => Promise<Implementation>;

const answer = process.stdout.write.bind(process.stdout);
// what libraries print must not be taken for an answer
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;

const [file, name] = process.argv.slice(2) as [string, string];
const { [name]: open } = (await import(pathToFileURL(file).href)) as Record<string, Open>;
if (open === undefined) throw new Error(`${file} exports no ${name}`);
let implementation: Implementation | null = null;
let prepared: Prepared | null = null;

const handlers: { [Do in keyof Requests]: (request: Requests[Do]) => Promise<Answers[Do]> } = {
  hello: async ({ threads }) => {
    implementation = await open(threads);
    return { version: implementation.version, threads: implementation.threads };
  },
  prepare: async (request) => {
    if (implementation === null) throw new Error("nobody said hello");
    prepared = await implementation.prepare(await workloadFrom(request), request);
    return {};
  },
  first: async ({ folder }) => {
    const { milliseconds, results } = await ready().first();
    for (const [result, values] of Object.entries(results)) {
      const bytes = values as FloatArray;
      await writeFile(join(folder, result), new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    return { milliseconds, results: Object.keys(results) as ComparedResult[] };
  },
  time: async ({ milliseconds }) => ({ samples: [...(await ready().time(milliseconds))] }),
  release: async () => {
    await prepared?.dispose();
    prepared = null;
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, do: what, ...request } = JSON.parse(line) as { id: number; do: keyof Requests };
  try {
    const ok = await handlers[what](request as never);
    answer(`${JSON.stringify({ id, ok })}\n`);
  } catch (error) {
    const { message } = error as Error;
    answer(`${JSON.stringify(error instanceof Unsupported ? { id, unsupported: message } : { id, error: message })}\n`);
  }
}
await (implementation as Implementation | null)?.close?.();

function ready(): Prepared {
  if (prepared === null) throw new Error("nothing is prepared");
  return prepared;
}

async function workloadFrom({ shape, layout, dtype, inputs }: Requests["prepare"]): Promise<Workload> {
  const read = (input: string) => readFloats(inputs[input] as string, dtype);
  const [x, dy, weight, bias] = [await read("x"), await read("dy"), await read("weight"), await read("bias")];
  return {
    case: { name: "asked", set: "asked", times: 1, about: "asked", shape: [...shape], layout, dtype, quick: false },
    channels: weight.length,
    x,
    dy,
    weight,
    bias,
    runningMean: await read("running_mean"),
    runningVar: await read("running_var"),
  };
}

async function readFloats(path: string, dtype: DType): Promise<FloatArray> {
  const bytes = await readFile(path);
  const values = floatArray(dtype, bytes.byteLength / (dtype === "float64" ? 8 : 4));
  new Uint8Array(values.buffer).set(bytes);
  return values;
}
