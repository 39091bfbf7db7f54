import { caseId } from "../cases/id.js";
import type { BenchmarkCase } from "../cases/schema.js";
import type { TimedOperation } from "../operations.js";
import { figuresOf, medianOf, timedCell } from "./derive.js";
import { type CaseRatio, type RatioRange, rangeOf } from "./ratios.js";
import type { BenchmarkResult, ResultGroup } from "./schema.js";

/** Two contestants beside each other on one operation. */
export interface Beside {
  readonly operation: TimedOperation;
  readonly one: string;
  readonly other: string;
  /** whether the one writes its results where the ones before were; the other does, where it can */
  readonly outputs: ResultGroup["outputs"];
}

/** How many times as long the other takes as the one, over all cases on which both were timed without ReLU. */
export interface TeamRatios extends Beside, RatioRange {}

/** The wasm backend on all cores, and on one, beside its peers and itself. */
export function teamRatios(result: BenchmarkResult): TeamRatios[] {
  return besides(result).flatMap((beside) => {
    const range = rangeOf(groupsOf(result, beside).flatMap((group) => ratioIn(result, group, beside)));
    return range === null ? [] : { ...beside, ...range };
  });
}

/** Which share of a copy's speed on as many threads it reaches, over cases that are larger than so many bytes. */
export function rooflineRange(
  result: BenchmarkResult,
  contestant: string,
  operation: TimedOperation,
  isLarge: (kase: BenchmarkCase) => boolean,
): RatioRange | null {
  const beside = { operation, one: contestant, other: contestant, outputs: "reused" as const };
  return rangeOf(
    groupsOf(result, beside).flatMap((group): CaseRatio[] => {
      const cell = timedCell(group, contestant);
      if (cell === null || !isLarge(group.case)) return [];
      return [{ ratio: figuresOf(result, group, cell).roofline, case: group.case }];
    }),
  );
}

/** What `name` is called on the most threads that it was timed on. */
export function onAllThreads({ contestants }: BenchmarkResult, name: string): string {
  const own = contestants.filter((one) => one.name === name || one.name.startsWith(`${name} `));
  const isThreaded = (other: string) => /^ \d+ threads$/.test(other.slice(name.length));
  return own.find((one) => isThreaded(one.name))?.name ?? name;
}

function besides(result: BenchmarkResult): Beside[] {
  const wasm = onAllThreads(result, "wasm");
  const passes = ["train", "backward", "infer"] as const;
  const beside = (operation: TimedOperation, other: string, outputs: Beside["outputs"], one = wasm): Beside => ({
    operation,
    one,
    other,
    outputs,
  });
  return [
    ...passes.map((operation) => beside(operation, onAllThreads(result, "pytorch"), "fresh")),
    ...passes.map((operation) => beside(operation, onAllThreads(result, "pytorch kept"), "reused")),
    ...passes.map((operation) => beside(operation, "pytorch", "fresh", "wasm")),
    ...passes.map((operation) => beside(operation, "pytorch kept", "reused", "wasm")),
    beside("infer", onAllThreads(result, "onnxruntime"), "fresh"),
    beside("step", "stock tfjs-wasm", "fresh"),
    beside("step", "stock tfjs-wasm", "fresh", "wasm"),
    ...(["step", "infer"] as const).map((operation) => beside(operation, "cpu", "fresh", "wasm")),
    ...passes.map((operation) => beside(operation, "wasm", "reused")),
  ].filter(({ one, other }) => one !== other);
}

function groupsOf(result: BenchmarkResult, { operation, outputs }: Beside): ResultGroup[] {
  return result.groups.filter(
    (group) => group.operation === operation && group.activation === null && group.outputs === outputs,
  );
}

/** A peer whose results cannot be reused, PyTorch, takes part with fresh ones. */
function ratioIn(result: BenchmarkResult, group: ResultGroup, beside: Beside): CaseRatio[] {
  const fresh = groupsOf(result, { ...beside, outputs: "fresh" }).find(
    (other) => caseId(other.case) === caseId(group.case),
  );
  const mine = medianOf(group, beside.one);
  const others = medianOf(group, beside.other) ?? (fresh === undefined ? null : medianOf(fresh, beside.other));
  return mine === null || others === null ? [] : [{ ratio: others / mine, case: group.case }];
}
