/** What a helper thread is given: the kernels and the memory that it shares with the thread that calls. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** A thread that takes part in operations until the kernels tell it to end, see assembly/team.ts. */
export interface Helper {
  /** Resolves once it takes part; rejects where it cannot start. */
  readonly ready: Promise<void>;
  /** Resolves once it runs no more. Never where it was terminated and the place does not say when. */
  readonly ended: Promise<void>;
  /** Ends it at once, whatever it does. */
  terminate(): void;
}

/** What a backend asks of the place that it runs in: Node, Bun and Deno, or a page or worker of a browser. */
export interface Place {
  /** How many threads can run at the same time. */
  parallelism(): number;
  /** Why no thread can share memory here, and what to do; undefined where one can. */
  whyOneThread(): string | undefined;
  startHelper(shared: Shared): Helper;
}
