import { setImmediate } from "node:timers/promises";
import { agreementOf, type Reference, referenceOf } from "../agreement.js";
import { viewOf } from "../cases/schema.js";
import { type Contestant, type Prepared, type Results, Unsupported } from "../contestants/contestant.js";
import { measure, type TimeBudget } from "../measuring/measure.js";
import type { TimedTask } from "../operations.js";
import type { ResultCell } from "../results/schema.js";
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

/** A contestant that is ready, or what became of it instead. */
type Entry =
  | { readonly contestant: Contestant; readonly cell: ResultCell }
  | {
      readonly contestant: Contestant;
      readonly prepared: Prepared;
      readonly first: number;
      readonly peakBytes: number | null;
      readonly errors: Errors;
    };

type Ready = Extract<Entry, { prepared: Prepared }>;

type Errors = Extract<ResultCell, { outcome: "timed" }>["errors"];

/** So many tensors of the case's size a contestant needs at most, in and out and between. */
const tensorsEach = 6;

/**
 * All contestants on one task: each is compared with the specification, then those that agree are timed in turns. Whoever
 * fails loses its own cell only.
 */
export async function runGroup(
  task: TimedTask,
  workload: Workload,
  contestants: readonly Contestant[],
  limits: GroupLimits,
): Promise<ResultCell[]> {
  const reference = referenceOf(workload, task);
  const entries: Entry[] = [];
  try {
    for (const contestant of contestants) {
      entries.push(await enter(contestant, task, workload, reference, limits));
      await setImmediate();
    }
    const ready = entries.filter((entry) => "prepared" in entry);
    const timed = await timeInTurns(ready, limits.budget);
    const cells: ResultCell[] = [];
    for (const entry of entries) {
      cells.push(
        "cell" in entry ? entry.cell : cellOf(entry, timed[ready.indexOf(entry)] ?? [], task, workload, limits),
      );
    }
    return cells;
  } finally {
    for (const entry of entries) if ("prepared" in entry) await entry.prepared.dispose().catch(() => {});
  }
}

function cellOf(
  { contestant, peakBytes, first, errors }: Ready,
  rounds: number[][] | Error,
  task: TimedTask,
  workload: Workload,
  { speeds }: GroupLimits,
): ResultCell {
  if (rounds instanceof Error) return failed(contestant, rounds);
  speeds.tell(contestant, task, workload, rounds);
  return { outcome: "timed", contestant: contestant.name, errors, first, rounds, peakBytes };
}

async function enter(
  contestant: Contestant,
  task: TimedTask,
  workload: Workload,
  reference: Reference,
  { longestRun, speeds, availableMemory }: GroupLimits,
): Promise<Entry> {
  const { name } = contestant;
  const skipped = (reason: string): Entry => ({ contestant, cell: { outcome: "skipped", contestant: name, reason } });
  const needed = tensorsEach * bytesOf(viewOf(workload.case), workload.case.dtype);
  const available = availableMemory();
  if (needed > available) {
    return skipped(`it may need ${megabytes(needed)} of memory, of which ${megabytes(available)} are free`);
  }
  const expected = speeds.expected(contestant, task, workload);
  if (expected !== null && expected > longestRun) {
    return skipped(
      `a run would take about ${seconds(expected)}, longer than the ${seconds(longestRun)} that one may take`,
    );
  }
  let prepared: Prepared | null = null;
  try {
    prepared = await contestant.prepare(workload, task);
    const { milliseconds: first, peakBytes: peak, results } = await prepared.first();
    const { errors, agrees } = agreementOf(contestant, results, reference);
    if (agrees) {
      const peakBytes =
        peak === null ? null : Math.max(0, peak - (task.outputs === "fresh" ? bytesOfResults(results) : 0));
      return { contestant, prepared, first, peakBytes, errors: [...errors] };
    }
    await prepared.dispose();
    return { contestant, cell: { outcome: "disagrees", contestant: name, errors: [...errors] } };
  } catch (error) {
    await prepared?.dispose().catch(() => {});
    return error instanceof Unsupported ? skipped(error.message) : { contestant, cell: failed(contestant, error) };
  }
}

/** The rounds of each, or why it failed in one: the others go on. */
async function timeInTurns(ready: readonly Ready[], budget: TimeBudget): Promise<(number[][] | Error)[]> {
  const failures = new Map<Ready, Error>();
  const guarded = ready.map((entry) => ({
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

/** The bytes of results, as arrays of the type in which they came. */
function bytesOfResults(results: Results): number {
  return Object.values(results).reduce((sum, values) => sum + (ArrayBuffer.isView(values) ? values.byteLength : 0), 0);
}

function failed({ name }: Contestant, error: unknown): ResultCell {
  const reason = error instanceof Error ? error.message : String(error);
  return { outcome: "failed", contestant: name, reason: reason || "it failed without a message" };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toPrecision(2)} s`;
}
