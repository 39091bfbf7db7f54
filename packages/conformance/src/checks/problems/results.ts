import type { GradientSums, Moments, Pass, Tensor } from "@batchnorm/core";
import type { Bench } from "../bench.js";
import { shapeOf } from "../shape.js";
import type { Problem } from "./problem.js";

/** A problem as a backend takes it. */
export interface Posed {
  readonly problem: Problem;
  readonly pass: Pass<Tensor>;
  readonly dy: Tensor;
}

/** Asks for every gradient, by sums that are given, or that the backend makes. */
export function everyGradient(sums: GradientSums | null = null) {
  return { needs: { dx: true, affine: true }, out: null, sums } as const;
}

/** What came of a training pass, and back. */
export interface Results {
  readonly y: ArrayLike<number>;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly dx: ArrayLike<number>;
  readonly dweight: ArrayLike<number> | null;
  readonly dbias: ArrayLike<number> | null;
}

/** Hands a problem to a backend. */
export function pose(bench: Bench, problem: Problem): Posed {
  const { view, weight, bias, eps } = problem;
  const parameter = (values: readonly number[] | null) => (values === null ? null : bench.state(values));
  const x = bench.tensor(problem.x, shapeOf(view));
  const dy = bench.tensor(problem.dy, shapeOf(view));
  const affine = { weight: parameter(weight), bias: parameter(bias) };
  return { problem, pass: { x, view, ...affine, eps, activation: null }, dy };
}

/** By `train` and `backward`. */
export async function fused(bench: Bench, posed: Posed): Promise<Results> {
  const { y, moments } = bench.backend.train(posed.pass, null);
  return read(bench, posed, y, bench.keep(moments), null);
}

/** By `moments`, `apply`, `gradientSums`, and `backward` with those sums. */
export async function inPieces(bench: Bench, posed: Posed): Promise<Results> {
  const { backend, keep } = bench;
  const { pass, dy } = posed;
  const moments = keep(backend.moments(pass));
  const y = backend.apply(pass, moments, null);
  return read(bench, posed, y, moments, keep(backend.gradientSums(pass, moments, dy)));
}

/** By `apply` and `backward` of given moments. */
export async function byMoments(bench: Bench, posed: Posed, moments: Moments): Promise<Results> {
  return read(bench, posed, bench.backend.apply(posed.pass, moments, null), moments, null);
}

async function read(
  { backend, keep }: Bench,
  { pass, dy }: Posed,
  y: Tensor,
  moments: Moments,
  sums: GradientSums | null,
): Promise<Results> {
  keep(y);
  const gradients = backend.backward(pass, moments, dy, everyGradient(sums));
  const values = async (tensor: Tensor | null) => (tensor === null ? null : await keep(tensor).data());
  return {
    y: await y.data(),
    ...(await statisticsOf(moments)),
    dx: (await values(gradients.dx)) ?? [],
    dweight: await values(gradients.dweight),
    dbias: await values(gradients.dbias),
  };
}

/** Mean and biased variance by channel of exported moments. */
export async function statisticsOf(moments: Moments): Promise<{ mean: Float64Array; variance: Float64Array }> {
  const exported = await moments.export();
  const count = exported[0] as number;
  const channels = (exported.length - 1) / 3;
  return {
    mean: exported.slice(1, 1 + channels).map((high, c) => high + (exported[1 + channels + c] as number)),
    variance: exported.slice(1 + 2 * channels).map((m2) => m2 / count),
  };
}
