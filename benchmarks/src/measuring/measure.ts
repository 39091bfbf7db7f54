import { setImmediate } from "node:timers/promises";
import { Bench } from "tinybench";
import type { Prepared } from "../contestants/contestant.js";

/** How long to time each contestant on one task of one case. */
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

/** What is timed in turns. */
export interface Timeable extends Pick<Prepared, "time"> {
  /** whether it has run for long enough to need no warming up */
  readonly warm: boolean;
}

/**
 * Times one task for several contestants in turns.
 *
 * A sample is one run with its results and their disposal, as in a loop of a user, up to the end of `sync`. Each
 * contestant that is not warm runs first, for a fifth of its time. Garbage is not collected by force between turns: that made the
 * runs of those who leave much of it a third slower.
 *
 * @returns the samples of each in milliseconds, by round
 */
export async function measure(prepared: readonly Timeable[], budget: TimeBudget): Promise<number[][][]> {
  for (const one of prepared) {
    if (!one.warm) await one.time(budget.milliseconds / 5);
    await setImmediate(); // lets Ctrl-C and a spinner through
  }
  const samples: number[][][] = prepared.map(() => []);
  for (let round = 0; round < budget.rounds; round++) {
    for (let turn = 0; turn < prepared.length; turn++) {
      const index = (turn + round) % prepared.length; // nobody always follows the same other
      samples[index]?.push([...((await prepared[index]?.time(budget.milliseconds / budget.rounds)) ?? [])]);
      await setImmediate();
    }
  }
  return samples;
}

/** What can be run again and again. */
export interface Measurable {
  run(): Promise<void>;
  /** so many runs, where that is cheaper without a promise for each */
  repeat?(times: number): void;
}

/** A turn has about so many samples at most: of shorter runs, a sample is the mean of several. */
const samplesPerTurn = 8;

/** Runs for so many milliseconds, at least once. @returns milliseconds per run, sample by sample */
export async function timeFor({ run, repeat }: Measurable, milliseconds: number): Promise<number[]> {
  const start = performance.now();
  await run(); // the first of a turn finds caches and threads cold
  const once = performance.now() - start;
  if (once >= milliseconds) return [rounded(once)];
  const several = async (times: number) => {
    if (repeat !== undefined) repeat(times);
    else for (let i = 0; i < times; i++) await run();
  };
  const runs = await runsPerSample(several, milliseconds / samplesPerTurn);
  const left = milliseconds - (performance.now() - start);
  const bench = new Bench({ time: Math.max(0, left), iterations: 1, warmup: false, retainSamples: true, throws: true });
  const [task] = await bench.add("run", () => several(runs), { async: true }).run();
  if (task?.result.state !== "completed") throw new Error(`timing ended ${task?.result.state}`);
  return (task.result.latency.samples ?? []).map((time) => rounded(time / runs));
}

/** How many runs take about so many milliseconds; runs until that is known. */
async function runsPerSample(several: (times: number) => Promise<void>, milliseconds: number): Promise<number> {
  for (let runs = 1; ; runs *= 2) {
    const start = performance.now();
    await several(runs);
    const each = (performance.now() - start) / runs;
    if (each * runs >= milliseconds / 4) return Math.max(1, Math.round(milliseconds / each));
  }
}

/** To four digits, which is more than any clock or machine is good for. */
function rounded(sample: number): number {
  return Number(sample.toPrecision(4));
}
