import type { View } from "@batchnorm/core";
import type { Problem } from "../problems/problem.js";
import { Random } from "../random.js";
import { batchOf, byChannel, type Fill, gradient } from "./batch.js";

/** Data of a view as a problem: what the operations of the contract are given, without a layer. */
export function problemOf(
  view: View,
  fill: Fill,
  { seed = 97, dy = gradient }: { readonly seed?: number; readonly dy?: Fill } = {},
): Problem {
  const random = new Random(seed);
  const parameter = () => byChannel(view.channels, () => Math.fround(0.5 + random.uniform()));
  return { ...batchOf(view, fill, { seed, dy }), weight: parameter(), bias: parameter(), eps: 1e-5 };
}
