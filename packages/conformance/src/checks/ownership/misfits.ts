import type { ErrorCode } from "@batchnorm/core";
import type { Bench } from "../bench.js";
import { shapeOf } from "../shape.js";
import { dyadics, positiveDyadics } from "./dyadics.js";
import { type Operation, type Role, smallView } from "./operations.js";
import { kindOf, type Unusable } from "./unusable.js";

const byChannel = ["ERR_CHANNELS", "ERR_SHAPE"] as const;

/** Whether what an operation takes has to fit something: to export, to import and to retain takes any size. */
export function hasToFit({ name, takes }: Operation): boolean {
  return takes.length > 1 || name === "moments";
}

/** What does not fit the rest of a call on `smallView`: of another size, shape or number of channels. */
export function misfits(bench: Bench, operation: Operation, role: Role): readonly Unusable[] {
  if (!hasToFit(operation)) return [];
  const kind = kindOf(role);
  if (kind !== "tensor") return [2, 4].map((channels) => piecesOf(bench, kind, channels));
  if (role === "x" || role === "dy") return [1, 3].map((outer) => batchOf(bench, outer));
  const sizes = [2, 4].map((size) => stateOf(bench, [size], byChannel));
  // a mean and a variance are any shape of one value per channel
  const takesAsShaped = operation.name === "assign" || operation.name === "axpy";
  return takesAsShaped ? [...sizes, stateOf(bench, [1, smallView.channels], ["ERR_SHAPE"])] : sizes;
}

function piecesOf({ backend, keep }: Bench, kind: "moments" | "sums", channels: number): Unusable {
  const what = `${kind} of ${channels} channels instead of ${smallView.channels}`;
  const codes = ["ERR_OPTION", ...byChannel] as const;
  if (kind === "sums") {
    return { what, thing: keep(backend.importGradientSums(Float64Array.from(dyadics(2 * channels, 1)))), codes };
  }
  const zeros = new Array<number>(channels).fill(0);
  const values = Float64Array.of(4, ...dyadics(channels, 1), ...zeros, ...positiveDyadics(channels, 2));
  return { what, thing: keep(backend.importMoments(values)), codes };
}

function batchOf(bench: Bench, outer: number): Unusable {
  const shape = shapeOf({ ...smallView, outer });
  const size = outer * smallView.channels * smallView.inner;
  return { what: `a tensor of shape [${shape}]`, thing: bench.tensor(dyadics(size, 8), shape), codes: ["ERR_SHAPE"] };
}

function stateOf(bench: Bench, shape: readonly number[], codes: readonly ErrorCode[]): Unusable {
  const size = shape.reduce((product, one) => product * one);
  return { what: `a state of shape [${shape}]`, thing: bench.state(positiveDyadics(size, 9), shape), codes };
}
