import { isMoments } from "../../src/backend.js";
import { floatArray } from "../../src/checks.js";
import {
  type BackwardResults,
  coefficientsOf,
  type HostGradientSums,
  type HostMemory,
  type HostMoments,
  type HostSource,
  type HostTensor,
  type Kernels,
  rows,
} from "../../src/host/index.js";
import type { Batch, DType, Pass } from "../../src/index.js";
import { gather, mean, scatter, sum, variance } from "../../src/specification/index.js";

/** What an engine throws that was told to fail. */
export class EngineFailure extends Error {}

/**
 * The plainest engine: a loop over the values of each channel. Memory is full of NaN when it comes and when it is given back,
 * so that who reads what nobody wrote, or what is no longer his, has NaN to show for it.
 */
export class PlainEngine implements Kernels {
  readonly name: string = "plain";
  readonly dtypes: readonly DType[] = ["float32", "float64"];
  /** What it allocated that was not given back. */
  readonly live = new Set<HostMemory>();
  /** The names of all that it was asked for, in order. */
  readonly asked: string[] = [];
  #failsAt = Infinity;

  /** Does what it is asked for so many more times, then fails until this is called again. */
  failAfter(times: number): void {
    this.#failsAt = this.asked.length + times;
  }

  allocate(dtype: DType, length: number): HostMemory {
    this.ask("allocate");
    const memory = { array: floatArray(dtype, length).fill(Number.NaN) };
    this.live.add(memory);
    return memory;
  }

  release(memory: HostMemory): void {
    if (!this.live.delete(memory)) throw new Error("memory was released that is not held");
    memory.array.fill(Number.NaN);
  }

  moments(batch: Batch<HostTensor>, into: HostMoments): void {
    this.ask("moments");
    writeMoments(batch, into);
  }

  apply(pass: Pass<HostTensor>, source: HostSource, y: HostTensor): void {
    this.ask("apply");
    writeResult(pass, source, y);
  }

  gradientSums(pass: Pass<HostTensor>, source: HostSource, dy: HostTensor, into: HostGradientSums): void {
    this.ask("gradientSums");
    writeSums(pass, source, dy, into);
  }

  inputGradient(
    pass: Pass<HostTensor>,
    source: HostSource,
    sums: HostGradientSums | null,
    dy: HostTensor,
    dx: HostTensor,
  ): void {
    this.ask("inputGradient");
    if ((sums !== null) !== isMoments(source)) throw new Error("gradient sums belong to moments, and only to them");
    writeInputGradient(pass, source, sums, dy, dx);
  }

  protected ask(what: string): void {
    if (this.asked.length >= this.#failsAt) throw new EngineFailure(`told to fail at ${what}`);
    this.asked.push(what);
  }
}

/** The same with whole passes as one kernel each. */
export class FusedEngine extends PlainEngine {
  train(pass: Pass<HostTensor>, moments: HostMoments, y: HostTensor): void {
    this.ask("train");
    writeMoments(pass, moments);
    writeResult(pass, moments, y);
  }

  backward(
    pass: Pass<HostTensor>,
    source: HostSource,
    dy: HostTensor,
    { sums, sumsAreGiven, dx, dweight, dbias }: BackwardResults<HostMemory>,
  ): void {
    this.ask("backward");
    if (sums !== null && !sumsAreGiven) writeSums(pass, source, dy, sums);
    for (let c = 0; c < pass.view.channels; c++) {
      const { invStd } = ofChannel(c, coefficientsOf(pass, source), pass);
      if (dweight !== null) dweight.values[c] = at(sums?.values, pass.view.channels + c) * invStd;
      if (dbias !== null) dbias.values[c] = at(sums?.values, c);
    }
    if (dx !== null) writeInputGradient(pass, source, isMoments(source) ? sums : null, dy, dx);
  }
}

/** Both ways of an engine, for what must not depend on it. */
export const engines: readonly (readonly [string, () => PlainEngine])[] = [
  ["kernels one after the other", () => new PlainEngine()],
  ["fused kernels", () => new FusedEngine()],
];

function writeMoments({ x, view }: Batch<HostTensor>, { values: into }: HostMoments): void {
  const { channels } = view;
  for (let c = 0; c < channels; c++) {
    const values = gather(x.values, view, c);
    const high = mean(values);
    const deviations = values.map((value) => value - high);
    const low = mean(deviations);
    into[c] = high;
    into[channels + c] = Number.isFinite(low) ? low : 0;
    into[2 * channels + c] = variance(deviations, low) * values.length;
  }
}

function writeResult(pass: Pass<HostTensor>, source: HostSource, y: HostTensor): void {
  const { x, view, activation } = pass;
  const coefficients = coefficientsOf(pass, source);
  for (let c = 0; c < view.channels; c++) {
    const z = gather(x.values, view, c).map(zOf(ofChannel(c, coefficients, pass)));
    scatter(activation === "relu" ? z.map((value) => Math.max(value, 0)) : z, y.values, view, c);
  }
}

function writeSums(
  pass: Pass<HostTensor>,
  source: HostSource,
  dy: HostTensor,
  { values: into }: HostGradientSums,
): void {
  const { x, view } = pass;
  const coefficients = coefficientsOf(pass, source);
  for (let c = 0; c < view.channels; c++) {
    const { mean, meanLow, ...k } = ofChannel(c, coefficients, pass);
    const values = gather(x.values, view, c);
    const dz = behindActivation(pass, values.map(zOf({ mean, ...k })), gather(dy.values, view, c));
    into[c] = sum(dz.length, (i) => at(dz, i));
    into[view.channels + c] = sum(dz.length, (i) => at(dz, i) * (at(values, i) - mean - meanLow));
  }
}

function writeInputGradient(
  pass: Pass<HostTensor>,
  source: HostSource,
  sums: HostGradientSums | null,
  dy: HostTensor,
  dx: HostTensor,
): void {
  const { x, view } = pass;
  const coefficients = coefficientsOf(pass, source, sums);
  for (let c = 0; c < view.channels; c++) {
    const k = ofChannel(c, coefficients, pass);
    const values = gather(x.values, view, c);
    const dz = behindActivation(pass, values.map(zOf(k)), gather(dy.values, view, c));
    const ofBatch = (i: number) => (at(values, i) - k.mean) * k.slope + k.offset;
    scatter(
      dz.map((value, i) => value * k.scale + (isMoments(source) ? ofBatch(i) : 0)),
      dx.values,
      view,
      c,
    );
  }
}

type Coefficients = Readonly<Record<keyof typeof rows, number>>;

function ofChannel(c: number, coefficients: Float64Array, { view }: Pass<HostTensor>): Coefficients {
  const of = (row: number) => at(coefficients, row * view.channels + c);
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, of(row)])) as Coefficients;
}

function zOf({ mean, scale, shift }: Pick<Coefficients, "mean" | "scale" | "shift">): (x: number) => number {
  return (x) => (x - mean) * scale + shift;
}

function behindActivation({ activation }: Pass<HostTensor>, z: Float64Array, dy: Float64Array): Float64Array {
  return activation === "relu" ? dy.map((value, i) => (at(z, i) <= 0 ? 0 : value)) : dy;
}

function at(values: Float64Array | undefined, i: number): number {
  return values?.[i] as number;
}
