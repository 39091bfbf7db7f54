import type { Absent } from "@batchnorm/optional-components";
import type { Implementation } from "@batchnorm/timing";

/** An implementation that the benchmarks know, whether or not this machine can run it. */
export interface KnownImplementation {
  readonly name: string;
  readonly kind: Implementation["kind"];
  /** whether it can compute on several threads */
  readonly threaded: boolean;
  /** whether it is there to compare the engines of TensorFlow.js: it competes only where all of them do */
  readonly ofEngine: boolean;
  /** The implementation on so many threads, in a process of its own, or why this machine cannot run it. */
  open(threads: number): Promise<Implementation | Absent>;
}
