import { setImmediate } from "node:timers/promises";
import { Bench } from "tinybench";
import type { Prepared } from "../implementations/implementation.js";
import { spreadOf } from "../statistics.js";

/** How long to time each implementation on one task of one case. */
export interface TimeBudget {
  /** In every round each implementation has a turn, so that what else the machine does meets all of them. */
  readonly rounds: number;
  /** of each implementation, over all rounds; a turn has at least one run, however long that takes */
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

/** The longest that one is warmed up, in milliseconds: code that is compiled late settles within some hundred. */
const longestWarmUp = 500;

/** Times that differ by less, as a share, are the same: what compiles, or grows its heap, is still faster each time. */
const sameTime = 0.1;

/**
 * Times one task for several implementations in turns.
 *
 * A sample is one run with its results and their disposal, as in a loop of a user, up to the end of `sync`. Each
 * implementation that is not warm runs first until it gets no faster. Garbage is not collected by force between turns: that
 * made the runs of those who leave much of it a third slower.
 *
 * @returns the samples of each in milliseconds, by round
 */
export async function measure(prepared: readonly Timeable[], budget: TimeBudget): Promise<number[][][]> {
  for (const one of prepared) if (!one.warm) await warmUp(one, budget.milliseconds / 10);
  const samples: number[][][] = prepared.map(() => []);
  for (let round = 0; round < budget.rounds; round++) {
    for (const index of turnsOf(round, prepared.length)) {
      samples[index]?.push([...((await prepared[index]?.time(budget.milliseconds / budget.rounds)) ?? [])]);
      await setImmediate();
    }
  }
  return samples;
}

/** Runs in blocks of so many milliseconds until two in a row take the same time. */
async function warmUp({ time }: Timeable, milliseconds: number): Promise<void> {
  const end = performance.now() + longestWarmUp;
  let before = Infinity;
  do {
    const samples = await time(milliseconds);
    await setImmediate(); // lets Ctrl-C and a spinner through
    if (samples.length === 0) return; // it fails, and will say why
    const now = spreadOf(samples).median;
    if (Math.abs(before - now) <= sameTime * now) return;
    before = now;
  } while (performance.now() < end);
}

/**
 * In which order they have their turns: in rounds one after the other, everyone follows others about equally often.
 *
 * Source: Williams 1949, designs balanced for the effect of the one before.
 */
export function turnsOf(round: number, implementations: number): readonly number[] {
  const order = Array.from({ length: implementations }, (_, turn) => {
    const first = turn % 2 === 1 ? (turn + 1) / 2 : implementations - turn / 2; // 0, 1, n - 1, 2, n - 2, ...
    return (first + round) % implementations;
  });
  return Math.floor(round / implementations) % 2 === 1 ? order.reverse() : order;
}

/** What can be run again and again. */
export interface Measurable {
  run(): Promise<void>;
  /** so many runs, where that is cheaper without a promise for each */
  repeat?(times: number): void;
}

/** A turn has about so many samples at most: of shorter runs, a sample is the mean of several. */
const samplesPerTurn = 8;

/** A sample that is shorter than this share of what it should take tells more of the clock than of the runs. */
const shortestSample = 1 / 4;

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
  const aim = milliseconds / samplesPerTurn;
  for (let least = 1; ; least *= 2) {
    const runs = Math.max(least, await runsPerSample(several, aim));
    const left = milliseconds - (performance.now() - start);
    const bench = new Bench({
      time: Math.max(0, left),
      iterations: 1,
      warmup: false,
      retainSamples: true,
      throws: true,
    });
    const [task] = await bench.add("run", () => several(runs), { async: true }).run();
    if (task?.result.state !== "completed") throw new Error(`timing ended ${task?.result.state}`);
    const samples = task.result.latency.samples ?? [];
    // code that was compiled meanwhile is faster than when its runs were counted, and may be too fast for the clock
    if (samples.every((time) => time >= aim * shortestSample)) return samples.map((time) => rounded(time / runs));
    least = runs;
  }
}

/** How many runs take about so many milliseconds; runs until that is known. */
async function runsPerSample(several: (times: number) => Promise<void>, milliseconds: number): Promise<number> {
  const timed = async (runs: number) => {
    const start = performance.now();
    await several(runs);
    return (performance.now() - start) / runs;
  };
  for (let runs = 1; ; runs *= 2) {
    // twice: one may have been interrupted, and clocks of pages cannot tell runs as short as it would seem to allow
    const each = Math.min(await timed(runs), await timed(runs));
    if (each * runs >= milliseconds * shortestSample) return Math.max(1, Math.round(milliseconds / each));
  }
}

/** To four digits, which is more than any clock or machine is good for. */
function rounded(sample: number): number {
  return Number(sample.toPrecision(4));
}
