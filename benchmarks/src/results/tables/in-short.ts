import { BenchmarkError, formatRatio, operationNames, steadinessOf } from "@batchnorm/timing";
import type { ResultFile } from "../newest.js";
import { nameWithoutThreads, type PairRatios, pairRatios } from "../ratios.js";
import type { BenchmarkResult } from "../schema.js";
import { table } from "./markdown.js";
import { runLine } from "./run.js";

/** Which pairs stand for all, as users would choose between them: a backend, a peer, and operations. */
interface Choice {
  readonly backend: string;
  readonly peer: string;
  readonly operations: readonly PairRatios["operation"][];
}

const ofThreads: readonly Choice[] = [
  { backend: "wasm", peer: "pytorch malloc retained", operations: ["train", "backward", "infer"] },
  { backend: "wasm", peer: "baseline tfjs-wasm", operations: ["step", "infer"] },
];

const ofEngines: readonly Choice[] = [
  { backend: "tfjs-wasm", peer: "baseline tfjs-wasm", operations: ["step"] },
  { backend: "tfjs-tensorflow", peer: "baseline tfjs-tensorflow", operations: ["step", "infer"] },
];

/**
 * The few figures that README.md has: how many times as long a peer takes, in the median over all shapes.
 *
 * @throws BenchmarkError where a result calls itself noisy
 */
export function inShort(threads: ResultFile, engines: ResultFile): string {
  for (const file of [threads, engines]) checkSteady(file);
  const rows = [...rowsOf(threads.result, ofThreads), ...rowsOf(engines.result, ofEngines)];
  return [
    table(["operation", "this backend", "beside", "shapes", "the other takes, in the median", "least", "most"], rows),
    "Times as long: below 1× the other is faster. `pytorch malloc retained` is PyTorch told to keep freed memory, which makes it faster. `baseline` is TensorFlow.js alone, as its users write batch normalization, on the same engine.",
    ...new Set([threads, engines].map(({ result }) => runLine(result))),
  ].join("\n\n");
}

function rowsOf(result: BenchmarkResult, choices: readonly Choice[]): string[][] {
  const ratios = pairRatios(result).filter(({ outputs }) => outputs === "fresh");
  return choices.flatMap(({ backend, peer, operations }) =>
    operations.flatMap((operation) => {
      const own = ratios.filter(
        (one) =>
          one.operation === operation &&
          nameWithoutThreads(one.backend) === backend &&
          nameWithoutThreads(one.peer) === peer,
      );
      const onMostThreads = own.at(-1); // variants are listed by their threads
      if (onMostThreads === undefined) return [];
      const { cases, median, least, most } = onMostThreads;
      const figures = [median, least.ratio, most].map((ratio) => `${formatRatio(ratio)}×`);
      return [[operationNames[operation], onMostThreads.backend, onMostThreads.peer, String(cases), ...figures]];
    }),
  );
}

function checkSteady({ path, result }: ResultFile): void {
  const { noisy, drift } = steadinessOf(result);
  if (!noisy || drift === null) return;
  throw new BenchmarkError(
    "ERR_TABLES",
    `${path} calls itself noisy: the same copy took up to ${drift.toFixed(2)} times as long at one time as at another. Figures for README.md come from steady runs only; measure again with npm run bench -- --profile ${result.profile} while nothing else runs`,
  );
}
