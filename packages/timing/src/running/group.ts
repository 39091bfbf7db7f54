import { setImmediate } from "node:timers/promises";
import { agreementOf, type Reference, referenceOf } from "../agreement.js";
import { viewOf } from "../cases/schema.js";
import { formatBytes, formatTime } from "../format.js";
import { type Implementation, type Prepared, Unsupported } from "../implementations/implementation.js";
import { measure, type TimeBudget } from "../measuring/measure.js";
import type { TimedTask } from "../operations.js";
import type { ResultCell, TimedCell } from "../results/schema.js";
import { bytesOf } from "../traffic.js";
import type { Workload } from "../workload.js";
import type { Speeds } from "./speeds.js";

/** What limits a group. */
export interface GroupLimits {
  readonly budget: TimeBudget;
  /** milliseconds: whoever would take longer for one run is skipped */
  readonly longestRun: number;
  /** bytes that can be had, when it is asked */
  readonly availableMemory: () => number;
  /** how long runs took before */
  readonly speeds: Speeds;
}

/** An implementation that is ready. */
interface Ready {
  readonly implementation: Implementation;
  readonly prepared: Prepared;
  /** milliseconds */
  readonly firstRun: number;
  readonly errors: TimedCell["errors"];
}

/**
 * All implementations on one task: each is compared with the specification, then those that agree are timed in turns. Whoever
 * fails loses its own cell only.
 */
export async function runGroup(
  task: TimedTask,
  workload: Workload,
  implementations: readonly Implementation[],
  limits: GroupLimits,
): Promise<ResultCell[]> {
  const reference = referenceOf(workload, task);
  const entries: (Ready | ResultCell)[] = [];
  try {
    for (const implementation of implementations) {
      entries.push(await enter(implementation, task, workload, reference, limits));
      await setImmediate();
    }
    const ready = entries.filter((entry) => "prepared" in entry);
    const timed = await timeInTurns(ready, limits.budget);
    return entries.map((entry) => ("prepared" in entry ? cellOf(entry, timed[ready.indexOf(entry)] ?? []) : entry));
  } finally {
    for (const entry of entries) if ("prepared" in entry) await entry.prepared.dispose().catch(() => {});
  }
}

function cellOf({ implementation, errors }: Ready, rounds: number[][] | Error): ResultCell {
  if (rounds instanceof Error) return failed(implementation, rounds);
  return { outcome: "timed", implementation: implementation.name, errors, rounds };
}

async function enter(
  implementation: Implementation,
  task: TimedTask,
  workload: Workload,
  reference: Reference,
  { longestRun, speeds, availableMemory }: GroupLimits,
): Promise<Ready | ResultCell> {
  const { name } = implementation;
  const skipped = (reason: string): ResultCell => ({ outcome: "skipped", implementation: name, reason });
  const givenUp = speeds.givenUp(name);
  if (givenUp !== null) return skipped(givenUp);
  const needed = implementation.tensorsHeld * bytesOf(viewOf(workload.case), workload.case.dtype);
  const available = availableMemory();
  if (needed > available) {
    return skipped(`it may need ${formatBytes(needed)} of memory, of which ${formatBytes(available)} can be had`);
  }
  const expected = speeds.expected(name, task.operation, workload.case);
  if (expected !== null && expected > longestRun) {
    return skipped(
      `a run would take about ${formatTime(expected)}, longer than the ${formatTime(longestRun)} that one may take`,
    );
  }
  let prepared: Prepared | null = null;
  try {
    prepared = await implementation.prepare(workload, task);
    const { milliseconds, results } = await prepared.first();
    const { errors, agrees } = agreementOf(implementation, results, reference);
    if (agrees) return { implementation, prepared, firstRun: milliseconds, errors: [...errors] };
    await prepared.dispose();
    return { outcome: "disagrees", implementation: name, errors: [...errors] };
  } catch (error) {
    await prepared?.dispose().catch(() => {});
    return error instanceof Unsupported ? skipped(error.message) : failed(implementation, error);
  }
}

/** The rounds of each, or why it failed in one: the others go on. */
async function timeInTurns(ready: readonly Ready[], budget: TimeBudget): Promise<(number[][] | Error)[]> {
  const failures = new Map<Ready, Error>();
  const guarded = ready.map((entry) => ({
    warm: entry.firstRun > budget.milliseconds,
    time: async (milliseconds: number) => {
      if (failures.has(entry)) return [];
      try {
        return await entry.prepared.time(milliseconds);
      } catch (error) {
        failures.set(entry, error instanceof Error ? error : new Error(String(error)));
        return [];
      }
    },
  }));
  const samples = await measure(guarded, budget);
  return ready.map((entry, index) => failures.get(entry) ?? samples[index] ?? []);
}

function failed({ name }: Implementation, error: unknown): ResultCell {
  const reason = error instanceof Error ? error.message : String(error);
  return { outcome: "failed", implementation: name, reason: reason || "it failed without a message" };
}
