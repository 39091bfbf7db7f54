import type { operations } from "@batchnorm/conformance";
import type { TimedOperation } from "./operations.js";
import type { Workload } from "./workload.js";

/** A result that is compared with the specification. */
export type ComparedResult = (typeof operations)[number];

/** The results of one run as arrays: those that the operation computes. */
export type Results = Readonly<Partial<Record<ComparedResult, ArrayLike<number>>>>;

/** What one run made. */
export interface Outcome {
  /** copies of the results */
  read(): Promise<Results>;
  dispose(): void;
}

/** A contestant that is ready to do one operation on one workload any number of times. */
export interface Prepared {
  /** Does it once, on inputs that are in place, with fresh results. */
  run(): Outcome;
  /** Resolves when what was run is done. */
  sync(): Promise<void>;
  /** Gives back the inputs and all else. */
  dispose(): void;
}

/** Someone who does batch normalization: one of our backends, or a peer. One file each under contestants/. */
export interface Contestant {
  readonly name: string;
  readonly kind: "backend" | "peer";
  /** what is compared, as people read it */
  readonly about: string;
  readonly version: string;
  /**
   * The largest error, in ulp at the result's scale, with which it may be timed: for a backend the bound that
   * conformance holds it to; for a peer a limit of sanity, since its error is shown beside its time.
   */
  limit(result: ComparedResult): number;
  prepare(workload: Workload, operation: TimedOperation): Promise<Prepared>;
}
