import type { Absent } from "@batchnorm/components";
import type { Contestant } from "./contestant.js";
import type { HostOptions, JavaScriptContestant } from "./hosted.js";

/** A contestant that the benchmarks know, whether or not this machine can run it. */
export interface KnownContestant {
  readonly name: string;
  readonly kind: Contestant["kind"];
  /** whether it can compute on several threads */
  readonly threaded: boolean;
  /** whether it is there to compare the engines of TensorFlow.js: it competes only where all of them do */
  readonly ofEngine: boolean;
  /** The contestant on so many threads, in a process of its own, or why this machine cannot run it. */
  open(threads: number, how?: HostOptions): Promise<Contestant | Absent>;
  /** where all that it computes is written in JavaScript: its passes can be counted then */
  readonly javaScript: JavaScriptContestant | null;
}
