import type { Affine, Backend, BackwardOptions, DType, ForwardOptions, Moments, Tensor } from "@batchnorm/core";
import type { Keep } from "./keeping.js";
import { type Problem, shapeOf } from "./problem.js";

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
export function pose(backend: Backend, problem: Problem, dtype: DType, keep: Keep): Posed {
  const { view, weight, bias, eps } = problem;
  const parameter = (values: readonly number[] | null) =>
    values === null ? null : keep(backend.state(values, [view.channels], dtype));
  const forward = { eps, activation: null, out: null };
  return {
    problem,
    x: keep(backend.tensor(problem.x, shapeOf(view), dtype)),
    dy: keep(backend.tensor(problem.dy, shapeOf(view), dtype)),
    affine: { weight: parameter(weight), bias: parameter(bias) },
    forward,
    backward: { ...forward, needs: { dx: true, affine: true } },
  };
}

/** By `train` and `backward`. */
export async function fused(backend: Backend, posed: Posed, keep: Keep): Promise<Results> {
  const { x, dy, problem, affine, forward, backward } = posed;
  const { y, moments } = backend.train(x, problem.view, affine, forward);
  keep(y);
  keep(moments);
  const gradients = backend.backward(dy, x, problem.view, { moments }, affine, backward);
  return read(backend, y, moments, gradients, keep);
}

/** By `moments`, `normalize`, `gradientSums` and `gradients`. */
export async function inPieces(backend: Backend, posed: Posed, keep: Keep): Promise<Results> {
  const { x, dy, problem, affine, forward, backward } = posed;
  const moments = keep(backend.moments(x, problem.view));
  const y = keep(backend.normalize(x, problem.view, moments, affine, forward));
  const sums = keep(backend.gradientSums(dy, x, problem.view, moments, affine, backward));
  const gradients = backend.gradients(dy, x, problem.view, moments, sums, affine, backward);
  return read(backend, y, moments, gradients, keep);
}

async function read(
  backend: Backend,
  y: Tensor,
  moments: Moments,
  gradients: ReturnType<Backend["backward"]>,
  keep: Keep,
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
