import type { GradientSums, Moments, Tensor } from "@batchnorm/core";
import type { Bench } from "../bench.js";
import type { Problem } from "./problem.js";
import { everyGradient, type Posed, type Results, statisticsOf } from "./results.js";

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
  return parts.map(({ pass }) => keep(backend.moments(pass)));
}

/** The gradient sums of each part, by the moments of the whole. */
export function sumsOf({ backend, keep }: Bench, parts: readonly Posed[], moments: Moments): GradientSums[] {
  return parts.map(({ pass, dy }) => keep(backend.gradientSums(pass, moments, dy)));
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
  for (const { pass, dy } of parts) {
    y.push(...(await keep(backend.apply(pass, moments, null)).data()));
    const gradients = backend.backward(pass, moments, dy, everyGradient(sums));
    dx.push(...((await values(gradients.dx)) ?? []));
    dweight = await values(gradients.dweight);
    dbias = await values(gradients.dbias);
  }
  return { y, dx, dweight, dbias, ...(await statisticsOf(moments)) };
}

/** Sent from machine to machine. */
export async function sentMoments({ backend, keep }: Bench, moments: Moments): Promise<Moments> {
  return keep(backend.importMoments(await moments.export()));
}

export async function sentSums({ backend, keep }: Bench, sums: GradientSums): Promise<GradientSums> {
  return keep(backend.importGradientSums(await sums.export()));
}
