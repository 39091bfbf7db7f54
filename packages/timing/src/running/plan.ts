import { caseId } from "../cases/id.js";
import { type BenchmarkCase, viewOf } from "../cases/schema.js";
import type { TimedTask } from "../operations.js";
import { groupKey } from "../results/group-key.js";
import { bytesOf } from "../traffic.js";

/** One task on one case: what is timed together, in turns. */
export interface PlannedGroup {
  readonly case: BenchmarkCase;
  readonly task: TimedTask;
  /** whether those on several threads compete as well, or only those on one */
  readonly everyThread: boolean;
  /** whether those on every engine of TensorFlow.js compete as well */
  readonly everyEngine: boolean;
  /** milliseconds: whoever would take longer for one run is skipped, with the reason */
  readonly longestRun: number;
}

/** What a group is known by, in a run that is resumed and when results are compared. */
export function groupId({ case: testCase, task }: Pick<PlannedGroup, "case" | "task">): string {
  return groupKey({ case: testCase, ...task });
}

/**
 * Groups in the order in which they are run, each once, with the wider of its limits: the tasks of a case one after the other, so that its inputs are
 * drawn once, and small cases before large ones, so that who is too slow for a large one is known by then.
 */
export function inOrder(groups: readonly PlannedGroup[]): PlannedGroup[] {
  const unique = new Map<string, PlannedGroup>();
  for (const group of groups) {
    const known = unique.get(groupId(group)) ?? group;
    unique.set(groupId(group), {
      ...known,
      everyThread: known.everyThread || group.everyThread,
      everyEngine: known.everyEngine || group.everyEngine,
      longestRun: Math.max(known.longestRun, group.longestRun),
    });
  }
  const bytes = ({ case: testCase }: PlannedGroup) => bytesOf(viewOf(testCase), testCase.dtype);
  return [...unique.values()].sort((a, b) => bytes(a) - bytes(b) || compare(caseId(a.case), caseId(b.case)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
