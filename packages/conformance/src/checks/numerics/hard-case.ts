import type { DType, FloatArray, View } from "@batchnorm/core";
import type { Check } from "../../check.js";
import type { Case, CaseOptions, Mode, Pass } from "../../judging/case.js";
import type { DataClass } from "../../judging/data-class.js";
import type { RequirementName } from "../../requirements.js";
import { caseChecks } from "../case-check.js";
import { Random } from "../random.js";
import { shapeOf } from "../shape.js";
import type { CheckOptions } from "../typed-checks.js";
import { batchOf, byChannel, type Fill, gradient, sizes, views } from "./batch.js";

type Judges = NonNullable<Case["judges"]>;

/** What comes of the sums over a channel. */
export const statistics: Judges = ["mean", "variance", "running_mean", "running_var"];

/** Every result; the counter is the semantics' affair. */
export const results: Judges = [...statistics, "y", "dx", "dweight", "dbias"];

/** Data that are hard in one way, in several views. */
export interface HardData {
  readonly data: DataClass;
  readonly fill: Fill;
  readonly dy?: Fill;
  /** a parameter of each channel; random by default */
  readonly weight?: (random: Random, c: number) => number;
  readonly bias?: (random: Random, c: number) => number;
  readonly views?: readonly View[];
  readonly modes?: readonly Mode[];
  readonly options?: Partial<CaseOptions>;
  readonly judges?: Judges;
  /** the type whose values x and dy have; float32 by default, whatever they are run in */
  readonly values?: DType;
}

/** A check of hard data in every view, in each type. */
export function hardChecks(
  requirement: RequirementName,
  name: string,
  hard: HardData,
  options?: CheckOptions,
): Check[] {
  return caseChecks(
    requirement,
    name,
    (dtype) => (hard.views ?? views).map((view) => caseOf(`${name}, ${sizes(view)}`, view, hard, dtype)),
    options,
  );
}

function caseOf(name: string, view: View, hard: HardData, dtype: DType): Case {
  const { data, fill, dy = gradient, modes = ["train"], judges = results, options = {} } = hard;
  const seed = view.outer + 7 * view.channels + 31 * view.inner;
  const batch = batchOf(view, fill, { seed, dy, values: hard.values ?? "float32" });
  const random = new Random(seed + 1);
  const { weight = (r: Random) => 0.5 + r.uniform(), bias = (r: Random) => r.normal() } = hard;
  const parameters = (one: typeof weight) => byChannel(view.channels, (c) => one(random, c));
  return {
    name,
    about: name,
    data,
    options: { kind: "BatchNorm1d", numFeatures: view.channels, dtype, ...options },
    state: {
      running_mean: byChannel(view.channels, () => 0),
      running_var: byChannel(view.channels, () => 1),
      num_batches_tracked: 0,
      weight: parameters(weight),
      bias: parameters(bias),
    },
    judges,
    steps: modes.map((mode) => ({ do: "pass", pass: passOf(mode, view, batch), accumulate: false })),
  };
}

/** A pass, and back. */
export function passOf(mode: Mode, view: View, { x, dy }: { readonly x: FloatArray; readonly dy: FloatArray }): Pass {
  return { mode, shape: shapeOf(view), x, dy };
}
