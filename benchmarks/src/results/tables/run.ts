import { absentLines } from "@batchnorm/optional-components";
import { formatBytes, steadinessOf } from "@batchnorm/timing";
import type { BenchmarkResult } from "../schema.js";
import { table } from "./markdown.js";

/** When, where and of what a result is: one paragraph. */
export function runLine(result: BenchmarkResult): string {
  const { started, version, profile, machine, budget } = result;
  const { cpu, cores, memoryBytes, os, arch, node } = machine;
  return [
    `Measured on ${started.slice(0, 10)} with batchnorm ${version}${commitOf(result)}, profile ${profile}:`,
    `${cores} ${cores === 1 ? "core" : "cores"} of ${cpu}, ${formatBytes(memoryBytes)} of memory, ${os} (${arch}), Node ${node.replace(/^v/, "")};`,
    `${budget.rounds} rounds, ${budget.milliseconds} ms for each implementation and task.`,
    steadinessLine(result),
  ].join(" ");
}

/** The paragraph, who took part, and who could not. */
export function runTables(result: BenchmarkResult): string {
  const implementations = table(
    ["implementation", "kind", "version", "threads", "about"],
    result.implementations.map(({ name, kind, version, threads, about }) => [
      name,
      kind,
      version,
      String(threads),
      about,
    ]),
  );
  const absent = absentLines(result.absent).map((line) => `- ${line}`);
  return [runLine(result), implementations, ...(absent.length === 0 ? [] : [absent.join("\n")])].join("\n\n");
}

function commitOf({ commit }: BenchmarkResult): string {
  return commit === null ? "" : ` at ${commit.hash.slice(0, 12)}${commit.changed ? " with changes" : ""}`;
}

function steadinessLine(result: BenchmarkResult): string {
  const { drift, noisy } = steadinessOf(result);
  if (drift === null) return "How steady the machine was is not known.";
  const percent = `${Math.round((drift - 1) * 100)} %`;
  return noisy
    ? `**The machine was noisy**: the speed of the same copy varied by up to ${percent} during the run.`
    : `The speed of the same copy varied by at most ${percent} during the run.`;
}
