/** What PyTorch refuses is refused here, beginning with its words where the words are ours as well. */
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { type CaseOptions, layerOf } from "@batchnorm/conformance";
import { type Backend, BatchNormError } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { fixture } from "./fixtures.js";

interface Refusal {
  readonly name: string;
  readonly do: "forward" | "backward" | "loadStateDict";
  readonly kind: CaseOptions["kind"];
  readonly options: Partial<CaseOptions>;
  readonly mode?: "train" | "eval";
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly parameterDtype?: string;
  readonly dyShape?: readonly number[];
  readonly times?: number;
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  readonly strict?: boolean;
  readonly message: string;
}

/** Where this project answers instead, by name; the table in the README of layers says so. */
const answeredHere = ["float64-input", "float64-parameters", "backward-twice", "misshaped-not-strict"];

/** Where two things are wrong, and the number of channels, which is the likelier mistake, is told first here. */
const channelsFirst = ["one-value-before-channels", "eps-before-channels"];

const { errors } = fixture("errors") as { readonly errors: readonly Refusal[] };

describe("what PyTorch refuses", () => {
  it.each(errors.map((refusal) => [`${refusal.kind} ${refusal.name}`, refusal] as const))("%s", async (_, refusal) => {
    const backend = createCpuBackend();
    const refused = caught(() => provoke(backend, refusal));
    if (answeredHere.includes(refusal.name)) return expect(refused).toBeNull();
    expect(refused).toBeInstanceOf(BatchNormError);
    for (const part of sharedWords(refusal)) expect(refused?.message).toContain(part);
  });
});

function provoke(backend: Backend, refusal: Refusal): void {
  const dtype = (refusal.parameterDtype ?? "float32") as "float32";
  const options = { kind: refusal.kind, numFeatures: 3, dtype, ...refusal.options };
  const layer = layerOf(backend, { name: refusal.name, about: "", options, steps: [] });
  if (refusal.do === "loadStateDict") {
    const state = Object.entries(refusal.shapes ?? {}).map(([key, shape]) => [key, entryOf(key, shape)]);
    layer.loadStateDict(Object.fromEntries(state), { strict: refusal.strict ?? true });
    return;
  }
  layer.train(refusal.mode !== "eval");
  layer.forward(tensorOf(backend, refusal.shape ?? [], refusal.dtype ?? "float32"));
  if (refusal.dyShape === undefined) return;
  for (let i = 0; i < (refusal.times ?? 1); i++) layer.backward(tensorOf(backend, refusal.dyShape, "float32"));
}

/** A state dictionary here is flat: a shape of another rank is another length, a scalar a number. */
function entryOf(key: string, shape: readonly number[]): unknown {
  if (shape.length === 0) return key === "num_batches_tracked" ? 4 : 1;
  return shape.length === 1 ? new Float32Array(shape[0] ?? 0) : [[...new Float32Array(shape[1] ?? 0)]];
}

/** A tensor of zeros; integers and booleans cannot be made by a backend here, so they look like tensors only. */
function tensorOf(backend: Backend, shape: readonly number[], dtype: string) {
  const zeros = new Float64Array(shape.reduce((product, size) => product * size, 1));
  if (dtype === "float32" || dtype === "float64") return backend.tensor(zeros, shape, dtype);
  return { shape, dtype, data: async () => new Int32Array(zeros), dispose() {} };
}

/** The parts of PyTorch's message that ours has, too. */
function sharedWords({ name, do: step, message }: Refusal): string[] {
  if (channelsFirst.includes(name)) return ["expected 3 channels"];
  if (step === "loadStateDict") {
    const lines = message.split("\n").map((line) => line.trim());
    return lines.map((line) => (line.startsWith("size mismatch") ? line.slice(0, line.indexOf(":")) : line));
  }
  const shared = /^(expected \d|Expected more than 1 value|batch_norm eps must be positive during training, but got 0)/;
  return shared.test(message) ? [message.replace("torch.Size([", "[").replace("])", "]")] : [];
}

function caught(work: () => void): Error | null {
  try {
    work();
    return null;
  } catch (error) {
    return error as Error;
  }
}
