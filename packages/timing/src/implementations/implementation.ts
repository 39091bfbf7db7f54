import type { operations } from "@batchnorm/conformance";
import type { DType } from "@batchnorm/core";
import type { TimedTask } from "../operations.js";
import type { Workload } from "../workload.js";

/** A result that is compared with the specification. */
export type ComparedResult = (typeof operations)[number];

/** The results of one run as arrays: those that the operation computes. */
export type Results = Readonly<Partial<Record<ComparedResult, ArrayLike<number>>>>;

/** The first run of a task on a workload: its time in milliseconds, from the call until the results are there. */
export interface FirstRun {
  readonly milliseconds: number;
  readonly results: Results;
}

/** An implementation that is ready to do one task on one workload any number of times, on inputs that are in place. */
export interface Prepared {
  /** Does it once; asked first, and once. */
  first(): Promise<FirstRun>;
  /**
   * Does it again and again for about so long, at least once.
   *
   * @returns milliseconds per run, in the order in which they ran; of runs shorter than the clock can tell, means
   */
  time(milliseconds: number): Promise<readonly number[]>;
  /** Gives back the inputs and all else. */
  dispose(): Promise<void>;
}

/** Someone who does batch normalization: one of our backends, or a peer. One file each in this folder. */
export interface Implementation {
  readonly name: string;
  readonly kind: "backend" | "peer";
  /** what is compared, as people read it */
  readonly about: string;
  readonly version: string;
  /** how many threads it computes on */
  readonly threads: number;
  /** how many tensors of a case's size it may hold at once, inputs and results among them */
  readonly tensorsHeld: number;
  /**
   * The largest error, in ulp at the result's scale, with which it may be timed: for a backend the bound that
   * conformance holds it to; for a peer a limit of sanity, since its error is shown beside its time.
   */
  limit(result: ComparedResult, dtype: DType): number;
  /** @throws Unsupported where it has no such thing: a type, a rank, outputs that can be reused */
  prepare(workload: Workload, task: TimedTask): Promise<Prepared>;
  /** Ends what runs for it, where something does. */
  close?(): Promise<void>;
}

/** What people are told of an implementation, wherever it runs. */
export type ImplementationDescription = Pick<
  Implementation,
  "name" | "kind" | "about" | "threads" | "limit" | "tensorsHeld"
>;

/** Thrown where an implementation has no such operation; the message says what it lacks. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

/**
 * The limit of every peer: 2^14 ulp, in float32 a relative error of 0.2 % at the result's scale. Peers are shown with
 * their error, not judged by it (float32 sums over 4e5 values are off by 2e3 ulp); beyond this they compute something else.
 */
export const sanityLimit = 2 ** 14;
