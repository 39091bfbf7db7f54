import { changed, steadinessOf } from "@batchnorm/timing";
import type { BenchmarkResult } from "./schema.js";

/** What differs between two results besides their times, in sentences. @param copyRatio the copies' time after over before */
export function differencesOf(before: BenchmarkResult, after: BenchmarkResult, copyRatio: number | null): string[] {
  return [
    ...fieldsThatDiffer("machine", before.machine, after.machine),
    ...implementationsThatDiffer(before, after),
    ...fieldsThatDiffer("budget", before.budget, after.budget),
    ...fieldsThatDiffer("batchnorm", sourcesOf(before), sourcesOf(after)),
    copyRatio === null
      ? "the two have no group in common"
      : `copies of the same tensors took ${tookAfter(copyRatio)} (median of the groups that both have)`,
    ...noise("before", before),
    ...noise("after", after),
  ];
}

function tookAfter(copyRatio: number): string {
  const words = changed(copyRatio);
  return words === "as long" ? "equally long in both" : `${words} after`;
}

/** In what two results' machines are not the same, so that their times are not comparable; null: they are. */
export function anotherMachine(before: BenchmarkResult, after: BenchmarkResult): string | null {
  const [was, is] = [before.machine, after.machine].map(
    ({ cpu, cores }) => `${cores} ${cores === 1 ? "core" : "cores"} of ${cpu}`,
  );
  return was === is ? null : `another machine (${was} before, ${is} after)`;
}

function implementationsThatDiffer(before: BenchmarkResult, after: BenchmarkResult): string[] {
  const then = new Map(before.implementations.map((one) => [one.name, one]));
  const now = new Map(after.implementations.map((one) => [one.name, one]));
  return [
    ...[...then.keys()].filter((name) => !now.has(name)).map((name) => `${name} is only in the result before`),
    ...[...now.keys()].filter((name) => !then.has(name)).map((name) => `${name} is only in the result after`),
    ...[...now].flatMap(([name, { version, threads }]) => {
      const old = then.get(name);
      return old === undefined
        ? []
        : fieldsThatDiffer(name, { version: old.version, threads: old.threads }, { version, threads });
    }),
  ];
}

function sourcesOf({ version, commit }: BenchmarkResult) {
  const changes = commit?.changed ? ", with changes" : "";
  return { version, commit: commit === null ? "unknown" : `${commit.hash}${changes}` };
}

function fieldsThatDiffer<Fields extends Record<string, string | number>>(
  what: string,
  before: Fields,
  after: Fields,
): string[] {
  return Object.keys(before)
    .filter((name) => before[name] !== after[name])
    .map((name) => `${what}: ${name} was ${before[name]}, is ${after[name]}`);
}

function noise(when: string, result: BenchmarkResult): string[] {
  const { noisy, drift } = steadinessOf(result);
  if (!noisy || drift === null) return [];
  return [
    `the machine was not steady in the result ${when}: the same copy took up to ${drift.toFixed(2)} times as long`,
  ];
}
