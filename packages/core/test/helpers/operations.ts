import { bits } from "@batchnorm/testing/bits";
import { Random } from "@batchnorm/testing/random";
import type { HostBackend, HostGradientSums, HostMoments, HostTensor } from "../../src/host/index.js";
import type { Activation, DType, Pass, Statistics, View } from "../../src/index.js";

/** All that operations may be given, on one backend: a pass, statistics, and what was made of them. */
export interface Inputs extends Pass<HostTensor>, Statistics<HostTensor> {
  readonly weight: HostTensor;
  readonly bias: HostTensor;
  readonly dy: HostTensor;
  readonly moments: HostMoments;
  readonly sums: HostGradientSums;
  readonly out: HostTensor | null;
  /** Those of another shard, to merge with. */
  readonly otherMoments: HostMoments;
  readonly otherSums: HostGradientSums;
}

export const tensorRoles = ["x", "dy", "weight", "bias", "mean", "variance"] as const;
export type TensorRole = (typeof tensorRoles)[number];
export type Role = TensorRole | "moments" | "sums";

export interface InputOptions {
  readonly seed?: number;
  readonly dtype?: DType;
  readonly activation?: Activation;
}

/** The same values for the same seed: parameters and statistics are states, the rest tensors. */
export function makeInputs(backend: HostBackend, view: View, options: InputOptions = {}): Inputs {
  const { seed = 163, dtype = "float32", activation = null } = options;
  const random = new Random(seed);
  const { outer, channels, inner } = view;
  const shape = [outer, channels, inner];
  const size = outer * channels * inner;
  const state = (values: Float64Array) => backend.state(values, [channels], dtype);
  const pass = {
    x: backend.tensor(random.normals(size, 0.5, 2), shape, dtype),
    view,
    weight: state(random.normals(channels)),
    bias: state(random.normals(channels)),
    eps: 1e-5,
    activation,
  };
  const dy = backend.tensor(random.normals(size), shape, dtype);
  const moments = backend.moments(pass);
  const sums = backend.gradientSums(pass, moments, dy);
  return {
    ...pass,
    dy,
    mean: state(random.normals(channels)),
    variance: state(random.normals(channels).map((value) => value * value + 0.1)),
    moments,
    sums,
    out: null,
    otherMoments: backend.merge([moments, moments]),
    otherSums: backend.merge([sums, sums]),
  };
}

export interface Operation {
  /** What may be bad about a call of it. */
  readonly takes: readonly Role[];
  readonly writes?: readonly TensorRole[];
  run(backend: HostBackend, t: Inputs): unknown;
}

const affine = ["weight", "bias"] as const;
const statistics = ["mean", "variance"] as const;
const needs = { dx: true, affine: true };

/** Every operation that may fail. */
export const operations = {
  tensor: { takes: [], run: (backend) => backend.tensor([1, 2, 3], [3]) },
  state: { takes: [], run: (backend) => backend.state([1, 2, 3], [3]) },
  assign: { takes: statistics, writes: ["mean"], run: (backend, t) => backend.assign(t.mean, t.variance) },
  axpy: { takes: statistics, writes: ["variance"], run: (backend, t) => backend.axpy(1, t.mean, t.variance) },
  retain: { takes: ["x"], run: (backend, t) => backend.retain(t.x) },
  "retain of a state": { takes: ["weight"], run: (backend, t) => backend.retain(t.weight) },
  train: { takes: ["x", ...affine], run: (backend, t) => backend.train(t, t.out) },
  "apply by moments": { takes: ["x", ...affine, "moments"], run: (backend, t) => backend.apply(t, t.moments, t.out) },
  "apply by statistics": { takes: ["x", ...affine, ...statistics], run: (backend, t) => backend.apply(t, t, t.out) },
  "backward by moments": {
    takes: ["x", "dy", ...affine, "moments"],
    run: (backend, t) => backend.backward(t, t.moments, t.dy, { needs, out: t.out, sums: null }),
  },
  "backward by statistics": {
    takes: ["x", "dy", ...affine, ...statistics],
    run: (backend, t) => backend.backward(t, t, t.dy, { needs, out: t.out, sums: null }),
  },
  "backward with sums": {
    takes: ["x", "dy", ...affine, "moments", "sums"],
    run: (backend, t) => backend.backward(t, t.moments, t.dy, { needs, out: t.out, sums: t.sums }),
  },
  moments: { takes: ["x"], run: (backend, t) => backend.moments(t) },
  gradientSums: {
    takes: ["x", "dy", ...affine, "moments"],
    run: (backend, t) => backend.gradientSums(t, t.moments, t.dy),
  },
  "merge of moments": { takes: ["moments"], run: (backend, t) => backend.merge([t.otherMoments, t.moments]) },
  "merge of gradient sums": { takes: ["sums"], run: (backend, t) => backend.merge([t.otherSums, t.sums]) },
  importMoments: { takes: [], run: (backend) => backend.importMoments(Float64Array.of(2, 1, 0, 1)) },
  importGradientSums: { takes: [], run: (backend) => backend.importGradientSums(Float64Array.of(2, 1)) },
  move: {
    takes: [...statistics, "moments"],
    writes: statistics,
    run: (backend, t) => backend.move(t, t.moments, 0.1, 1),
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

export const everyOperation = Object.entries(operations) as [OperationName, Operation][];

/** Those that write a result like x into `out`. */
export const withOut = everyOperation.filter(([name]) => /^(train|apply|backward)/.test(name));

/** The result like x of an operation that takes `out`. */
export function resultOf(made: unknown): HostTensor {
  if (isObject(made) && "y" in made) return made.y as HostTensor;
  if (isObject(made) && "dx" in made) return made.dx as HostTensor;
  return made as HostTensor;
}

/** Lets go of whatever an operation has made. */
export function disposeAll(made: unknown): void {
  if (!isObject(made)) return;
  if ("dispose" in made) (made as { dispose(): void }).dispose();
  else for (const one of Object.values(made)) disposeAll(one);
}

/** The bits of all inputs but those of some roles. */
export function bitsOf(t: Inputs, except: readonly Role[] = []): Record<string, string> {
  const held = [...tensorRoles, "moments", "sums", "otherMoments", "otherSums"] as const;
  const asked = held.filter((role) => !(except as readonly string[]).includes(role));
  return Object.fromEntries(asked.map((role) => [role, bits(t[role].values)]));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
