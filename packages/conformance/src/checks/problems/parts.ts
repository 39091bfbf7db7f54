import type { GradientSums, Moments, Tensor } from "@batchnorm/core";
import type { Bench } from "../bench.js";
import type { Problem } from "./problem.js";
import { type Posed, type Results, statisticsOf } from "./results.js";

/**
 * A problem cut between its samples.
 *
 * @param sizes how many samples each part has, 0 among them
 */
export function cut(problem: Problem, sizes: readonly number[]): Problem[] {
  const { channels, inner } = problem.view;
  let from = 0;
  return sizes.map((outer) => {
    const [start, end] = [from * channels * inner, (from + outer) * channels * inner];
    from += outer;
    return {
      ...problem,
      view: { outer, channels, inner },
      x: problem.x.slice(start, end),
      dy: problem.dy.slice(start, end),
    };
  });
}

/** The moments of each part. */
export function momentsOf({ backend, keep }: Bench, parts: readonly Posed[]): Moments[] {
  return parts.map(({ x, problem }) => keep(backend.moments(x, problem.view)));
}

/** The gradient sums of each part, by the moments of the whole. */
export function sumsOf({ backend, keep }: Bench, parts: readonly Posed[], moments: Moments): GradientSums[] {
  return parts.map(({ x, dy, problem, affine, backward }) =>
    keep(backend.gradientSums(dy, x, problem.view, moments, affine, backward)),
  );
}

/** y and dx of each part, one after the other, by given moments and sums. */
export async function applied(
  { backend, keep }: Bench,
  parts: readonly Posed[],
  moments: Moments,
  sums: GradientSums,
): Promise<Results> {
  const values = async (tensor: Tensor | null) => (tensor === null ? null : await keep(tensor).data());
  const y: number[] = [];
  const dx: number[] = [];
  let dweight: ArrayLike<number> | null = null;
  let dbias: ArrayLike<number> | null = null;
  for (const { x, dy, problem, affine, forward, backward } of parts) {
    const { view } = problem;
    y.push(...(await keep(backend.normalize(x, view, moments, affine, forward)).data()));
    const gradients = backend.gradients(dy, x, view, moments, sums, affine, backward);
    dx.push(...((await values(gradients.dx)) ?? []));
    dweight = await values(gradients.dweight);
    dbias = await values(gradients.dbias);
  }
  return { y, dx, dweight, dbias, ...(await statisticsOf(backend, moments)) };
}

/** Sent from machine to machine. */
export async function sentMoments({ backend, keep }: Bench, moments: Moments): Promise<Moments> {
  return keep(backend.importMoments(await backend.exportMoments(moments)));
}

export async function sentSums({ backend, keep }: Bench, sums: GradientSums): Promise<GradientSums> {
  return keep(backend.importGradientSums(await backend.exportGradientSums(sums)));
}
