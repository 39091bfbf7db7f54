import { setImmediate } from "node:timers/promises";
import { Bench, type Task } from "tinybench";
import type { Prepared } from "./contestant.js";

/** How long to time each contestant on one operation of one case. */
export interface TimeBudget {
  /** In every round each contestant has a turn, so that what else the machine does meets all of them. */
  readonly rounds: number;
  /** of each contestant, over all rounds; a turn has at least one run, however long that takes */
  readonly milliseconds: number;
}

/** What the benchmarks take unless told otherwise. */
export const usualBudget: TimeBudget = { rounds: 5, milliseconds: 250 };

/** For a first look. */
export const quickBudget: TimeBudget = { rounds: 3, milliseconds: 45 };

/**
 * Times one operation for several contestants in turns.
 *
 * A sample is one run with fresh results, up to the end of `sync`, and their disposal, as in a loop of a user. Each
 * contestant warms up first, for a fifth of its time. Garbage is not collected by force between turns: that made the
 * runs of those who leave much of it a third slower.
 *
 * @returns the samples of each, in milliseconds, round by round, in order of size within a round
 */
export async function measure(prepared: readonly Prepared[], budget: TimeBudget): Promise<number[][]> {
  const bench = new Bench({
    time: budget.milliseconds / budget.rounds,
    iterations: 1,
    warmupTime: budget.milliseconds / 5,
    warmupIterations: 1,
    retainSamples: true,
    throws: true,
  });
  for (const [index, one] of prepared.entries()) bench.add(String(index), () => runOnce(one), { async: true });
  for (const task of bench.tasks) {
    await task.warmup();
    await setImmediate(); // lets Ctrl-C and a spinner through
  }
  const samples: number[][] = prepared.map(() => []);
  for (let round = 0; round < budget.rounds; round++) {
    for (const [index, task] of bench.tasks.entries()) {
      task.reset();
      await task.run();
      samples[index]?.push(...samplesOf(task));
      await setImmediate();
    }
  }
  return samples;
}

async function runOnce(prepared: Prepared): Promise<void> {
  const outcome = prepared.run();
  await prepared.sync();
  outcome.dispose();
}

/** To a tenth of a microsecond, which is what the clock is good for. */
function samplesOf({ result }: Task): number[] {
  if (result.state !== "completed") throw new Error(`timing ended ${result.state}`);
  return (result.latency.samples ?? []).map((sample) => Math.round(sample * 1e4) / 1e4);
}
