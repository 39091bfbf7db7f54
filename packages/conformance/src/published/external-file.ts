/** Cases that other projects publish in their test suites, in one form. */

/** A file of literal cases, parsed from JSON. */
export interface ExternalFile {
  readonly suite: string;
  /** repository, commit, licence, path */
  readonly source: Readonly<Record<string, unknown>>;
  /** of cases that have none of their own; null: each has */
  readonly tolerance: Tolerance | null;
  readonly fieldNotes?: string;
  readonly cases: readonly ExternalCase[];
}

/** A file of shapes alone: the project makes its own data. */
export interface ExternalShapes {
  readonly suite: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly shapes: readonly {
    readonly file: string;
    readonly name: string;
    readonly desc: string;
    /** (N, C, ...) */
    readonly shape: readonly number[];
    readonly eps: number;
  }[];
}

/** What is computed from x; external-results.ts says how. */
export type ExternalKind =
  | "forward-eval"
  | "forward-train"
  | "train-then-eval"
  | "backward-train"
  | "backward-eval"
  | "backward-given-stats"
  | "sgd-sequence";

/** What a suite expects, by name; a number by index where it gives single values of an array. */
export type ExternalExpected = Readonly<Record<string, readonly number[] | Readonly<Record<string, number>>>>;

export interface ExternalCase {
  /** the project, where a file holds those of several */
  readonly suite: string;
  readonly name: string;
  readonly kind: ExternalKind;
  readonly dtype: "float32" | "float64";
  readonly shape: readonly number[];
  /** the channel axis of `shape` */
  readonly axis: number;
  readonly x: readonly number[];
  /** null: none */
  readonly gamma: readonly number[] | null;
  readonly beta: readonly number[] | null;
  /** the running statistics before, or null */
  readonly mean: readonly number[] | null;
  readonly var: readonly number[] | null;
  readonly eps: number;
  /** the weight of the new value, whatever the suite's own convention */
  readonly momentum: number | null;
  readonly dy?: readonly number[];
  readonly expected: ExternalExpected;
  /** a second right answer to some of `expected` */
  readonly alternative?: ExternalExpected;
  /** "population": the running variance moves by the biased variance */
  readonly runningVarConvention?: "population" | "unbiased" | null;
  readonly tolerance?: Tolerance;
  /** of an sgd-sequence */
  readonly target?: readonly number[];
  readonly lr?: number;
  readonly steps?: number;
}

/** How far a result may be from what a suite expects. */
export type Tolerance =
  | { readonly kind: "abs+rel"; readonly atol: number; readonly rtol: number; readonly float64?: Tolerance }
  /** representable values of the case's type */
  | { readonly kind: "ulp"; readonly ulp: number; readonly float64?: Tolerance };
