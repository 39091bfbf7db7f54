import { setImmediate } from "node:timers/promises";
import { viewOf } from "../cases/schema.js";
import type { Contestant } from "../contestants/contestant.js";
import type { OpenContestants } from "../contestants/open.js";
import { removeInputFiles } from "../contestants/workload-files.js";
import { availableMemory } from "../measuring/available-memory.js";
import { fastestCopy } from "../measuring/copy.js";
import { groupsBetweenDrifts } from "../results/drift-beside.js";
import { groupKey } from "../results/group-key.js";
import type { BenchmarkResult, ResultCopy } from "../results/schema.js";
import { bytesOf } from "../traffic.js";
import { type Workload, workloadOf } from "../workload.js";
import { type GroupLimits, runGroup } from "./group.js";
import type { Journal } from "./journal.js";
import { groupId, inOrder, type PlannedGroup } from "./plan.js";
import { Speeds } from "./speeds.js";

/** How far a run is. */
export interface Progress {
  readonly done: number;
  readonly of: number;
  /** what is timed now */
  readonly group: PlannedGroup;
  /** milliseconds that are left, as it seems; null before that can be told */
  readonly left: number | null;
}

export interface RunOptions extends Pick<GroupLimits, "budget"> {
  readonly contestants: Pick<OpenContestants, "contestants" | "ofEngines">;
  readonly groups: readonly PlannedGroup[];
  readonly journal: Journal;
  readonly onProgress?: (progress: Progress) => void;
  /** once it is aborted, the run ends after the group that is under way */
  readonly signal?: { readonly aborted: boolean };
}

/** A copy of this size tells how steady the machine is: it fits no cache. */
const driftBytes = 2 ** 25;

/**
 * Times all groups that the journal does not have yet.
 *
 * @returns the result; null where it was aborted: the journal has what was done
 */
export async function runBenchmarks(options: RunOptions): Promise<BenchmarkResult | null> {
  const { journal, groups, signal, onProgress = () => {} } = options;
  const { budget } = options;
  const { contestants, ofEngines } = options.contestants;
  const speeds = new Speeds();
  for (const entry of journal.entries) if ("group" in entry) speeds.tell(entry.group);
  const planned = inOrder(groups);
  const known = new Set(journal.entries.flatMap((entry) => ("group" in entry ? [groupKey(entry.group)] : [])));
  const left = planned.filter((group) => !known.has(groupId(group)));
  const clock = new Clock(left, contestants.length, budget.milliseconds);
  const between = groupsBetweenDrifts(planned.length);
  const limits = { budget, speeds, availableMemory };
  const inputs = new Inputs();
  try {
    for (const [index, group] of left.entries()) {
      if (signal?.aborted) return null;
      onProgress({ done: known.size + index, of: planned.length, group, left: clock.left(index) });
      await setImmediate(); // lets the line be drawn, and Ctrl-C through
      if (index % between === 0) journal.add({ drift: await driftNow() });
      const competing = contestants.filter(
        (one) => (one.threads === 1 || group.everyThread) && (group.everyEngine || !ofEngines.has(one)),
      );
      const { workload, copies } = await inputs.of(group, competing);
      const cells =
        workload === null
          ? competing.map(({ name }) => ({ outcome: "skipped" as const, contestant: name, reason: tooLarge }))
          : await runGroup(group.task, workload, competing, { ...limits, longestRun: group.longestRun });
      const found = { case: group.case, ...group.task, copies, cells };
      speeds.tell(found);
      journal.add({ group: found });
    }
    journal.add({ drift: await driftNow() });
  } finally {
    removeInputFiles();
  }
  return resultOf(journal);
}

/** The result that a journal holds. */
function resultOf({ head, entries }: Journal): BenchmarkResult {
  return {
    ...head,
    finished: new Date().toISOString(),
    groups: entries.flatMap((entry) => ("group" in entry ? [entry.group] : [])),
    cold: entries.flatMap((entry) => ("cold" in entry ? [entry.cold] : [])),
    passes: entries.flatMap((entry) => ("passes" in entry ? [entry.passes] : [])),
    drift: entries.flatMap((entry) => ("drift" in entry ? [entry.drift] : [])),
  };
}

async function driftNow(): Promise<BenchmarkResult["drift"][number]> {
  return { at: new Date().toISOString(), copy: await fastestCopy(driftBytes, 1) };
}

/** x and dy, both as files too, and two tensors that are copied before. */
const tensorsOfInputs = 4;

/** Node reads no larger file, and inputs travel as files. */
const largestFile = 2 ** 31 - 1;

const tooLarge =
  "its inputs alone, and the files of them, are more than this machine has memory for, or than a file may be";

/** The inputs of the case at hand, and how fast it is copied: drawn and measured once for its tasks. */
class Inputs {
  #case: PlannedGroup["case"] | null = null;
  #workload: Workload | null = null;
  #copies = new Map<number, ResultCopy>();

  /** The workload is null where there is no room for it. */
  async of({ case: kase }: PlannedGroup, competing: readonly Contestant[]) {
    const bytes = bytesOf(viewOf(kase), kase.dtype);
    if (this.#case !== kase) {
      this.#workload = null; // before the next is drawn: both may not fit
      this.#copies.clear();
      removeInputFiles();
      const fits = bytes <= largestFile && tensorsOfInputs * bytes <= availableMemory();
      await this.#copy(fits ? bytes : driftBytes, competing);
      this.#workload = fits ? workloadOf(kase) : null;
      this.#case = kase;
    } else if (this.#workload !== null) {
      await this.#copy(bytes, competing);
    }
    return { workload: this.#workload, copies: [...this.#copies.values()] };
  }

  /** On each number of threads that one of them has. */
  async #copy(bytes: number, competing: readonly Contestant[]): Promise<void> {
    for (const threads of new Set([1, ...competing.map((one) => one.threads)])) {
      if (!this.#copies.has(threads)) this.#copies.set(threads, await fastestCopy(bytes, threads));
    }
  }
}

/** Tells how much time is left, by the budget and the sizes of what is done and what is not. */
class Clock {
  readonly #start = performance.now();
  readonly #weights: readonly number[];

  constructor(groups: readonly PlannedGroup[], contestants: number, milliseconds: number) {
    // every contestant's turns, and about 200 ns per element for inputs, specification and files
    this.#weights = groups.map(
      ({ case: kase }) => contestants * milliseconds + (bytesOf(viewOf(kase), "float32") / 4) * 2e-4,
    );
  }

  left(index: number): number | null {
    const done = sum(this.#weights.slice(0, index));
    if (done === 0) return null;
    return ((performance.now() - this.#start) / done) * sum(this.#weights.slice(index));
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
