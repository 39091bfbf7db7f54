import type { Affine, Backend, BackwardOptions, ForwardOptions, Moments, Tensor } from "@batchnorm/core";
import type { Bench } from "../bench.js";
import { shapeOf } from "../shape.js";
import type { Problem } from "./problem.js";

/** A problem as a backend takes it. */
export interface Posed {
  readonly problem: Problem;
  readonly x: Tensor;
  readonly dy: Tensor;
  readonly affine: Affine<Tensor>;
  readonly forward: ForwardOptions<Tensor>;
  readonly backward: BackwardOptions<Tensor>;
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
  const forward = { eps, activation: null, out: null };
  return {
    problem,
    x: bench.tensor(problem.x, shapeOf(view)),
    dy: bench.tensor(problem.dy, shapeOf(view)),
    affine: { weight: parameter(weight), bias: parameter(bias) },
    forward,
    backward: { ...forward, needs: { dx: true, affine: true } },
  };
}

/** By `train` and `backward`. */
export async function fused(bench: Bench, posed: Posed): Promise<Results> {
  const { backend, keep } = bench;
  const { x, dy, problem, affine, forward, backward } = posed;
  const { y, moments } = backend.train(x, problem.view, affine, forward);
  keep(y);
  keep(moments);
  const gradients = backend.backward(dy, x, problem.view, { moments }, affine, backward);
  return read(bench, y, moments, gradients);
}

/** By `moments`, `normalize`, `gradientSums` and `gradients`. */
export async function inPieces(bench: Bench, posed: Posed): Promise<Results> {
  const { backend, keep } = bench;
  const { x, dy, problem, affine, forward, backward } = posed;
  const moments = keep(backend.moments(x, problem.view));
  const y = keep(backend.normalize(x, problem.view, moments, affine, forward));
  const sums = keep(backend.gradientSums(dy, x, problem.view, moments, affine, backward));
  const gradients = backend.gradients(dy, x, problem.view, moments, sums, affine, backward);
  return read(bench, y, moments, gradients);
}

/** By `normalize` and `backward` of given moments. */
export async function byMoments(bench: Bench, posed: Posed, moments: Moments): Promise<Results> {
  const { backend, keep } = bench;
  const { x, dy, problem, affine, forward, backward } = posed;
  const y = keep(backend.normalize(x, problem.view, moments, affine, forward));
  const gradients = backend.backward(dy, x, problem.view, { moments }, affine, backward);
  return read(bench, y, moments, gradients);
}

async function read(
  { backend, keep }: Bench,
  y: Tensor,
  moments: Moments,
  gradients: ReturnType<Backend["backward"]>,
): Promise<Results> {
  const values = async (tensor: Tensor | null) => (tensor === null ? null : await keep(tensor).data());
  return {
    y: await y.data(),
    ...(await statisticsOf(backend, moments)),
    dx: (await values(gradients.dx)) ?? [],
    dweight: await values(gradients.dweight),
    dbias: await values(gradients.dbias),
  };
}

/** Mean and biased variance by channel of exported moments. */
export async function statisticsOf(
  backend: Backend,
  moments: Moments,
): Promise<{ mean: Float64Array; variance: Float64Array }> {
  const exported = await backend.exportMoments(moments);
  const count = exported[0] as number;
  const channels = (exported.length - 1) / 3;
  return {
    mean: exported.slice(1, 1 + channels).map((high, c) => high + (exported[1 + channels + c] as number)),
    variance: exported.slice(1 + 2 * channels).map((m2) => m2 / count),
  };
}
