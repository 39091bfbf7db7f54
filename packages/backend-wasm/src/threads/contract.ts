/**
 * What the kernels and the threads that run them promise each other. Every thread has the module, instantiated on one
 * memory that all share; one of them, the caller, starts operations, the others help.
 *
 * The kernels promise the caller
 * - that the bits of a result do not depend on how many helpers there are, or on whether any of them comes in time,
 * - that an operation returns false, and its result counts for nothing, where a helper has taken a part and has shown no
 *   progress for 0.7 s in which the caller ran, or the part is lost in any other way; until that helper has ended it may
 *   still write what the operation was given to write, and the working memory,
 * - that they wait by `Atomics.wait` on the caller's thread only where `allowSleep` was told that they may: the main thread
 *   of a page must not, and looks again and again instead.
 *
 * A helper promises to call `help()` once, on its own instance, and nothing else. It may end at any time: between
 * operations nobody misses it.
 */
export interface TeamKernels {
  /** Takes part in operations, asleep in between, until `end()`. */
  help(): void;
  /** Has every `help()` on this memory return, once it has done the part that it has taken. */
  end(): void;
  /** Whether this thread may wait for another; it may unless told otherwise. */
  allowSleep(may: boolean): void;
}
