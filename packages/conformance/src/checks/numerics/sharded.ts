import type { Backend, DType, GradientSums, Moments, Tensor } from "@batchnorm/core";
import type { Subject } from "../../check.js";
import type { DataClass } from "../../judging/case.js";
import { judge } from "../../judging/judged.js";
import { besideReference } from "../agreement/beside-reference.js";
import type { Keep } from "../agreement/keeping.js";
import type { Problem } from "../agreement/problem.js";
import { type Posed, pose, type Results, statisticsOf } from "../agreement/results.js";

/** A problem cut between its rows. */
function cut(problem: Problem, rows: readonly number[]): Problem[] {
  const { channels, inner } = problem.view;
  let from = 0;
  return rows.map((outer) => {
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

/** A problem in parts, on a backend. */
interface Shards {
  readonly whole: Posed;
  readonly parts: readonly Posed[];
}

export function poseShards(
  backend: Backend,
  problem: Problem,
  rows: readonly number[],
  dtype: DType,
  keep: Keep,
): Shards {
  return {
    whole: pose(backend, problem, dtype, keep),
    parts: cut(problem, rows).map((part) => pose(backend, part, dtype, keep)),
  };
}

/** y and dx of each part, one after the other, by given moments and sums. */
export async function applied(
  backend: Backend,
  parts: readonly Posed[],
  moments: Moments,
  sums: GradientSums,
  keep: Keep,
): Promise<Results> {
  const values = async (tensor: Tensor | null) => (tensor === null ? [] : Array.from(await keep(tensor).data()));
  const y: number[] = [];
  const dx: number[] = [];
  let [dweight, dbias]: number[][] = [[], []];
  for (const { x, dy, problem, affine, forward, backward } of parts) {
    const { view } = problem;
    y.push(...(await values(backend.normalize(x, view, moments, affine, forward))));
    const gradients = backend.gradients(dy, x, view, moments, sums, affine, backward);
    dx.push(...(await values(gradients.dx)));
    dweight = await values(gradients.dweight);
    dbias = await values(gradients.dbias);
  }
  return { y, dx, dweight: dweight ?? [], dbias: dbias ?? [], ...(await statisticsOf(backend, moments)) };
}

/** Judges results by the specification. */
export async function judgeResults(
  subject: Subject,
  name: string,
  data: DataClass,
  problem: Problem,
  results: Results,
  dtype: DType,
): Promise<void> {
  async function* observations() {
    yield* besideReference(name, data, problem, results, dtype);
  }
  await judge(subject, observations());
}

/** Sent from machine to machine. */
export async function sentMoments(backend: Backend, moments: Moments, keep: Keep): Promise<Moments> {
  return keep(backend.importMoments(await backend.exportMoments(moments)));
}

export async function sentSums(backend: Backend, sums: GradientSums, keep: Keep): Promise<GradientSums> {
  return keep(backend.importGradientSums(await backend.exportGradientSums(sums)));
}
