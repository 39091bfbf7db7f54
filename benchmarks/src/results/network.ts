import type { BenchmarkCase, ResultGroup, TimedCell, TimedTask } from "@batchnorm/timing";
import { caseId, dimensionsOf, relativeSpread, spreadOf, timedCell, whyNotTimed } from "@batchnorm/timing";
import { median } from "simple-statistics";
import { casesOfSet, type NetworkSet, networkSets } from "../cases/sets.js";
import type { BenchmarkResult } from "./schema.js";
import { groupBy } from "./tables/markdown.js";

/** What all batch norms of a network cost one implementation. */
export interface NetworkCost extends NetworkTask {
  readonly implementation: string;
  /** the sum of times x median over the set's cases; null where one was not timed */
  readonly milliseconds: number | null;
  /** of the sums of the rounds' medians: half of the distance of their quartiles, over their median; null with the sum */
  readonly spread: number | null;
  /** the cases without a time */
  readonly missing: readonly { readonly case: string; readonly reason: string }[];
}

/** A network at one batch, layout and type, and what is done with it. */
export interface NetworkTask extends TimedTask, Pick<BenchmarkCase, "layout" | "dtype"> {
  readonly network: NetworkSet;
  readonly batch: number;
}

/** The costs of all networks of which a result has a case: for each task all implementations, in the result's order. */
export function networkCosts(result: BenchmarkResult): NetworkCost[] {
  return networkSets().flatMap((network) => {
    const own = result.groups.filter(({ case: testCase }) => testCase.set === network.set);
    const tasks = groupBy(own, (group) => taskKey(taskOf(network, group)));
    const cases = tasks.size === 0 ? [] : casesOfSet(network.set);
    return [...tasks.values()].flatMap((groups) => {
      const task = taskOf(network, groups[0]);
      const byCase = new Map(groups.map((group) => [caseId(group.case), group]));
      const needed = cases.filter((testCase) => isAt(testCase, task));
      return result.implementations.map(({ name: implementation }) => ({
        ...task,
        implementation,
        ...costOf(implementation, needed, byCase),
      }));
    });
  });
}

function costOf(implementation: string, cases: readonly BenchmarkCase[], groups: ReadonlyMap<string, ResultGroup>) {
  const timed: { times: number; cell: TimedCell }[] = [];
  const missing: { case: string; reason: string }[] = [];
  for (const testCase of cases) {
    const id = caseId(testCase);
    const group = groups.get(id);
    const cell = group === undefined ? null : timedCell(group, implementation);
    if (cell !== null) timed.push({ times: testCase.times, cell });
    else {
      const other = group?.cells.find((one) => one.implementation === implementation);
      missing.push({ case: id, reason: whyNotTimed(other) ?? "" });
    }
  }
  if (missing.length > 0) return { milliseconds: null, spread: null, missing };
  const sumOf = (samples: (cell: TimedCell) => readonly number[]) =>
    timed.reduce((sum, { times, cell }) => sum + times * median([...samples(cell)]), 0);
  const rounds = Math.min(...timed.map(({ cell }) => cell.rounds.length));
  const sums = Array.from({ length: rounds }, (_, round) => sumOf((cell) => cell.rounds[round] as number[]));
  return { milliseconds: sumOf(({ rounds: all }) => all.flat()), spread: relativeSpread(spreadOf(sums)), missing };
}

function taskOf(network: NetworkSet, { case: testCase, operation, activation, outputs }: ResultGroup): NetworkTask {
  const { layout, dtype } = testCase;
  return { network, batch: dimensionsOf(testCase).batch, layout, dtype, operation, activation, outputs };
}

function taskKey({ batch, layout, dtype, operation, activation, outputs }: NetworkTask): string {
  return [batch, layout, dtype, operation, activation, outputs].join(" ");
}

function isAt(testCase: BenchmarkCase, { batch, layout, dtype }: NetworkTask): boolean {
  return dimensionsOf(testCase).batch === batch && testCase.layout === layout && testCase.dtype === dtype;
}
