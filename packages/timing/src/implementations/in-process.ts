import { type Measurable, timeFor } from "../measuring/measure.js";
import type { FirstRun, Prepared, Results } from "./implementation.js";

/** What one run made. */
export interface Outcome {
  /** copies of the results */
  read(): Promise<Results>;
  /** gives back what is not used again */
  dispose(): void;
}

/** A task on a workload, in this process. */
export interface Runner {
  /** Does it once, on inputs that are in place; a promise where what runs it answers by one. */
  run(): Outcome | Promise<Outcome>;
  /** Resolves when what was run is done. */
  sync(): Promise<void>;
  /** Gives back the inputs and all else. */
  dispose(): void | Promise<void>;
}

/**
 * A task that is ready in this process.
 *
 * @param use awaited before the runner is asked for anything, where others may have been asked since
 */
export function inProcess(runner: Runner, use: () => Promise<void> = async () => {}): Prepared {
  const measurable: Measurable = {
    run: async () => {
      const running = runner.run();
      const outcome = running instanceof Promise ? await running : running; // to await what is none takes time as well
      await runner.sync();
      outcome.dispose();
    },
  };
  return {
    first: async () => {
      await use();
      return firstOf(runner);
    },
    time: async (milliseconds) => {
      await use();
      return timeFor(measurable, milliseconds);
    },
    dispose: async () => {
      await use();
      await runner.dispose();
    },
  };
}

async function firstOf(runner: Runner): Promise<FirstRun> {
  const start = performance.now();
  const running = runner.run();
  const outcome = running instanceof Promise ? await running : running;
  await runner.sync();
  const milliseconds = performance.now() - start;
  try {
    return { milliseconds, results: await outcome.read() };
  } finally {
    outcome.dispose();
  }
}
