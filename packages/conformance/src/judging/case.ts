import type { Values } from "@batchnorm/core";
import type { LayerOptions, LoadableStateDict } from "@batchnorm/layers";
import type { Operation } from "./bounds.js";
import type { DataClass } from "./data-class.js";

/** A sequence of steps on one layer, as data. */
export interface Case {
  readonly name: string;
  /** why it is there */
  readonly about: string;
  readonly options: CaseOptions;
  /** the class of its data, by which its bounds are chosen; "ordinary" by default */
  readonly data?: DataClass;
  /** the state before the first step; without it, that of a new layer */
  readonly state?: LoadableStateDict;
  /** where the case is about some results alone: those; the others are computed and not looked at. All by default */
  readonly judges?: readonly (Operation | "num_batches_tracked")[];
  readonly steps: readonly Step[];
}

export interface CaseOptions extends LayerOptions {
  readonly kind: "BatchNorm1d" | "BatchNorm2d" | "BatchNorm3d";
  readonly numFeatures: number;
}

/** The mode of a forward pass; "freeze" is training with frozen running statistics. */
export type Mode = "train" | "eval" | "freeze";

/** Results that another program published for a pass. */
export interface ExpectedPass {
  readonly y?: ArrayLike<number>;
  readonly dx?: ArrayLike<number>;
  readonly dweight?: ArrayLike<number>;
  readonly dbias?: ArrayLike<number>;
}

/** The layer's state after a step, as far as another program published it. */
export interface ExpectedState {
  readonly weight?: ArrayLike<number>;
  readonly bias?: ArrayLike<number>;
  readonly running_mean?: ArrayLike<number>;
  readonly running_var?: ArrayLike<number>;
  readonly num_batches_tracked?: number;
}

/** A forward pass and, where there is a dy, its backward pass. */
export interface Pass {
  readonly mode: Mode;
  readonly shape: readonly number[];
  /** float32 values, whatever type they are run in */
  readonly x: Values;
  readonly dy: Values | null;
  readonly expected?: ExpectedPass;
}

export type Step = (
  | /** gradients are zeroed before it unless `accumulate` */
  { readonly do: "pass"; readonly pass: Pass; readonly accumulate: boolean }
  /** every forward pass in order, then every backward pass in reverse order, gradients zeroed before each */
  | { readonly do: "passes"; readonly passes: readonly Pass[] }
  /** parameter -= rate * gradient, then gradients are zeroed */
  | { readonly do: "step"; readonly rate: number }
  | { readonly do: "resetRunningStats" }
  | { readonly do: "resetParameters" }
  | { readonly do: "loadStateDict"; readonly state: LoadableStateDict }
) & { readonly expected?: ExpectedState };
