/**
 * Shapes that another project runs, on data made here, against the specification by the bounds of the table.
 *
 * Two things keep large shapes affordable, and the names of their checks say so: a batch is cut to as many samples as
 * make two million elements, and of the channels only some are compared, the first and the last among them, while
 * the backend computes all.
 */

import { type DType, sizeOf, type View, valuesPerChannel, view } from "@batchnorm/core";
import * as specification from "@batchnorm/core/specification";
import type { Check } from "../check.js";
import { type Bench, benchChecks } from "../checks/bench.js";
import { judgeResults } from "../checks/problems/beside-reference.js";
import type { Problem } from "../checks/problems/problem.js";
import { fused, pose } from "../checks/problems/results.js";
import { Random } from "../checks/random.js";
import type { ExternalShapes } from "./external-file.js";

/** The most elements that are computed, and the most of them that are compared. */
const mostComputed = 2 ** 21;
const mostCompared = 2 ** 17;

/** From this size on a check is large. */
const large = 2 ** 19;
/** Up to this size float64 is asked as well. */
const inFloat64 = 2 ** 17;

type Row = ExternalShapes["shapes"][number];

/** A check of every shape, or two. */
export function shapeChecks({ suite, shapes }: ExternalShapes): Check[] {
  return shapes.flatMap((row, index) => {
    const size = sizeOf(cut(row.shape));
    const dtypes: readonly DType[] = size <= inFloat64 ? ["float32", "float64"] : ["float32"];
    const name = `${suite}: ${nameOf(row, index)}`;
    return benchChecks("published-values", name, (bench) => compare(bench, row, index), {
      large: size >= large,
      dtypes,
    });
  });
}

function nameOf({ file, name, shape }: Row, index: number): string {
  const used = cut(shape);
  const v = view(used, 1);
  const smaller = used[0] === shape[0] ? "" : `, ${used[0]} of its ${shape[0]} samples for time`;
  const compared = channelsOf(v).length;
  const sampled = compared === v.channels ? "" : `, ${compared} of its channels compared`;
  return `${file} ${index + 1} ${name} [${shape.join(", ")}]${smaller}${sampled}`;
}

/** The shape with as many samples as are computed, two at least. */
function cut(shape: readonly number[]): readonly number[] {
  const [samples = 0, ...rest] = shape;
  return [Math.min(samples, Math.max(2, Math.floor(mostComputed / sizeOf(rest)))), ...rest];
}

/** The channels that are compared: spread evenly from the first to the last. */
function channelsOf(v: View): number[] {
  const most = Math.max(3, Math.floor(mostCompared / valuesPerChannel(v)));
  if (most >= v.channels) return Array.from({ length: v.channels }, (_, c) => c);
  return Array.from({ length: most }, (_, i) => Math.round((i * (v.channels - 1)) / (most - 1)));
}

async function compare(bench: Bench, row: Row, index: number): Promise<void> {
  const problem = problemOf(row, index);
  const { view: v, weight, bias } = problem;
  const results = await fused(bench, pose(bench, problem));
  const channels = channelsOf(v);
  const data = (values: ArrayLike<number>) => gather(values, v, channels);
  const each = (values: ArrayLike<number> | null) => Float64Array.from(channels, (c) => values?.[c] as number);
  const part = {
    ...problem,
    view: { ...v, channels: channels.length },
    x: data(problem.x),
    dy: data(problem.dy),
    weight: weight && [...each(weight)],
    bias: bias && [...each(bias)],
  };
  const picked = {
    y: data(results.y),
    dx: data(results.dx),
    mean: each(results.mean),
    variance: each(results.variance),
    dweight: each(results.dweight),
    dbias: each(results.dbias),
  };
  // one value per channel is a constant channel
  await judgeResults(bench, row.name, valuesPerChannel(v) === 1 ? "constant" : "ordinary", part, picked);
}

/** Data of the size of one, each channel around a mean of its own. */
function problemOf({ shape, eps }: Row, index: number): Problem {
  const v = view(cut(shape), 1);
  const numbers = new Random(index + 1);
  const random = () => 2 * numbers.uniform() - 1;
  const perChannel = () => Array.from({ length: v.channels }, random);
  const mean = perChannel();
  const x = new Float32Array(sizeOf(v));
  const dy = new Float32Array(sizeOf(v));
  for (let i = 0; i < x.length; i++) {
    x[i] = (mean[Math.floor(i / v.inner) % v.channels] as number) + random();
    dy[i] = random();
  }
  const rounded = () => perChannel().map(Math.fround);
  return { view: v, x, dy, weight: rounded(), bias: rounded(), eps };
}

function gather(values: ArrayLike<number>, v: View, channels: readonly number[]): Float64Array {
  const part = { ...v, channels: channels.length };
  const result = new Float64Array(sizeOf(part));
  for (const [at, c] of channels.entries()) specification.scatter(specification.gather(values, v, c), result, part, at);
  return result;
}
