import type { View } from "@batchnorm/core";
import type { Problem } from "../agreement/problem.js";
import { batchOf, type Fill, gradient } from "./batch.js";
import { Random } from "./random.js";

/** Data of a view as a problem: what the operations of the contract are given, without a layer. */
export function problemOf(
  view: View,
  fill: Fill,
  { seed = 97, dy = gradient }: { readonly seed?: number; readonly dy?: Fill } = {},
): Problem {
  const random = new Random(seed);
  const byChannel = () => Array.from({ length: view.channels }, () => Math.fround(0.5 + random.uniform()));
  return { ...batchOf(view, fill, { seed, dy }), weight: byChannel(), bias: byChannel(), eps: 1e-5 };
}
