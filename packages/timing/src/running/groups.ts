import { setImmediate } from "node:timers/promises";
import { sum } from "simple-statistics";
import { viewOf } from "../cases/schema.js";
import type { Implementation } from "../implementations/implementation.js";
import { availableMemory } from "../measuring/available-memory.js";
import { fastestCopy } from "../measuring/copy.js";
import { groupsBetweenDrifts } from "../results/drift-beside.js";
import { groupKey } from "../results/group-key.js";
import type { ResultCopy, ResultDrift, ResultGroup } from "../results/schema.js";
import { bytesOf } from "../traffic.js";
import { type Workload, workloadOf } from "../workload.js";
import { type GroupLimits, runGroup } from "./group.js";
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

/** What a run finds: a group, or the copy that tells how steady the machine is. */
export type RunEntry = { readonly group: ResultGroup } | { readonly drift: ResultDrift };

export interface GroupsOptions extends Pick<GroupLimits, "budget"> {
  readonly implementations: readonly Implementation[];
  /** those of them that compete only where every engine of TensorFlow.js does */
  readonly ofEngines?: ReadonlySet<Implementation>;
  readonly groups: readonly PlannedGroup[];
  /** groups that were timed before */
  readonly done?: readonly ResultGroup[];
  readonly onEntry: (entry: RunEntry) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** told that the inputs of a case are not needed any more */
  readonly onCaseEnd?: () => void;
  /** once it is aborted, the run ends after the group that is under way */
  readonly signal?: { readonly aborted: boolean };
}

/** A copy of this size tells how steady the machine is: it fits no cache. */
const driftBytes = 2 ** 25;

/**
 * Times all groups but those that are done, small cases first.
 *
 * @returns false where it was aborted
 */
export async function runGroups(options: GroupsOptions): Promise<boolean> {
  const { budget, implementations, ofEngines = new Set(), groups, done = [], signal } = options;
  const { onEntry, onProgress = () => {}, onCaseEnd = () => {} } = options;
  const speeds = new Speeds();
  for (const group of done) speeds.tell(group);
  const planned = inOrder(groups);
  const known = new Set(done.map(groupKey));
  const left = planned.filter((group) => !known.has(groupId(group)));
  const timeLeft = clockFor(left, implementations.length, budget.milliseconds);
  const between = groupsBetweenDrifts(planned.length);
  const limits = { budget, speeds, availableMemory };
  const inputsOf = inputsBy(onCaseEnd);
  try {
    for (const [index, group] of left.entries()) {
      if (signal?.aborted) return false;
      onProgress({ done: known.size + index, of: planned.length, group, left: timeLeft(index) });
      await setImmediate(); // lets the line be drawn, and Ctrl-C through
      if (index % between === 0) onEntry({ drift: await driftNow() });
      const competing = implementations.filter(
        (one) => (one.threads === 1 || group.everyThread) && (group.everyEngine || !ofEngines.has(one)),
      );
      const { workload, copies } = await inputsOf(group, competing);
      const cells =
        workload === null
          ? competing.map(({ name }) => ({ outcome: "skipped" as const, implementation: name, reason: tooLarge }))
          : await runGroup(group.task, workload, competing, { ...limits, longestRun: group.longestRun });
      const found = { case: group.case, ...group.task, copies, cells };
      speeds.tell(found);
      onEntry({ group: found });
    }
    onEntry({ drift: await driftNow() });
    return true;
  } finally {
    onCaseEnd();
  }
}

async function driftNow(): Promise<ResultDrift> {
  return { at: new Date().toISOString(), copy: await fastestCopy(driftBytes, 1) };
}

/** x and dy, both as files too, and two tensors that are copied before. */
const tensorsOfInputs = 4;

/** Node reads no larger file, and inputs travel as files. */
const largestFile = 2 ** 31 - 1;

const tooLarge =
  "its inputs alone, and the files of them, are more than this machine has memory for, or than a file may be";

/** Gives the inputs of the case at hand, and how fast it is copied: drawn and measured once for its tasks. */
function inputsBy(onCaseEnd: () => void) {
  let drawnFor: PlannedGroup["case"] | null = null;
  let workload: Workload | null = null;
  const copies = new Map<number, ResultCopy>();
  const copy = async (bytes: number, competing: readonly Implementation[]) => {
    for (const threads of new Set([1, ...competing.map((one) => one.threads)])) {
      if (!copies.has(threads)) copies.set(threads, await fastestCopy(bytes, threads));
    }
  };
  /** The workload is null where there is no room for it. */
  return async ({ case: testCase }: PlannedGroup, competing: readonly Implementation[]) => {
    const bytes = bytesOf(viewOf(testCase), testCase.dtype);
    if (drawnFor !== testCase) {
      workload = null; // before the next is drawn: both may not fit
      copies.clear();
      onCaseEnd();
      const fits = bytes <= largestFile && tensorsOfInputs * bytes <= availableMemory();
      await copy(fits ? bytes : driftBytes, competing);
      workload = fits ? workloadOf(testCase) : null;
      drawnFor = testCase;
    } else if (workload !== null) {
      await copy(bytes, competing);
    }
    return { workload, copies: [...copies.values()] };
  };
}

/** Tells how much time is left, by the budget and the sizes of what is done and what is not. */
function clockFor(groups: readonly PlannedGroup[], implementations: number, milliseconds: number) {
  const start = performance.now();
  // every implementation's turns, and about 200 ns per element for inputs, specification and files
  const weights = groups.map(
    ({ case: testCase }) => implementations * milliseconds + (bytesOf(viewOf(testCase), "float32") / 4) * 2e-4,
  );
  return (index: number): number | null => {
    const done = sum(weights.slice(0, index));
    return done === 0 ? null : ((performance.now() - start) / done) * sum(weights.slice(index));
  };
}
