import { channels, meanOf, varianceOf } from "../batches.js";
import { fixed, formulas, paragraph } from "../format.js";
import type { Lesson, TrainingStep } from "../lesson.js";
import { type PairRow, pairsByChannel, rowsToShow } from "../tables.js";

/** The running statistics, moving from batch to batch. */
export function runningSection({ start, steps, m, options: { momentum } }: Lesson): string[] {
  return [
    paragraph(
      "Training continues, and each batch is normalized by its own mean and variance. The layer also keeps running statistics:",
    ),
    formulas(
      "E[x]   <- (1 - momentum) E[x]   + momentum mu_B",
      "Var[x] <- (1 - momentum) Var[x] + momentum m/(m-1) sigma^2_B",
    ),
    paragraph(
      `Here momentum = ${momentum}, the weight of the new value, and m = ${m}. s^2_B = m/(m-1) sigma^2_B is the unbiased variance: on average, sigma^2_B is too small by the factor (m-1)/m = ${fixed((m - 1) / m)}.`,
    ),
    movingTable(steps, {
      names: ["mu_B", "E[x]"],
      start: start.mean,
      batch: ({ forward }) => forward.mean,
      running: ({ running }) => running.mean,
      data: channels.map(meanOf),
    }),
    movingTable(steps, {
      names: ["s^2_B", "Var[x]"],
      start: start.variance,
      batch: ({ unbiased }) => unbiased,
      running: ({ running }) => running.variance,
      data: channels.map(varianceOf),
    }),
    paragraph(caughtUp(steps.length, momentum)),
  ];
}

/** A running statistic and what moves it, by channel. */
interface Moving {
  readonly names: readonly [batch: string, running: string];
  readonly start: ArrayLike<number>;
  readonly batch: (step: TrainingStep) => ArrayLike<number>;
  readonly running: (step: TrainingStep) => ArrayLike<number>;
  readonly data: ArrayLike<number>;
}

function movingTable(steps: readonly TrainingStep[], { names, start, batch, running, data }: Moving): string {
  const rows = rowsToShow(steps.length).map((k): PairRow => {
    const step = steps[k] as TrainingStep;
    return [`batch ${k + 1}`, (c) => [fixed(batch(step)[c] as number), fixed(running(step)[c] as number)]];
  });
  return pairsByChannel([
    ["", () => names],
    ["initially", (c) => ["", fixed(start[c] as number)]],
    ...rows,
    ["all data", (c) => ["", fixed(data[c] as number)]],
  ]);
}

function caughtUp(k: number, momentum: number): string {
  const left = (1 - momentum) ** k;
  const weight = `After ${k} ${k === 1 ? "batch" : "batches"} the initial values, 0 and 1, still have weight (1 - momentum)^${k} = ${fixed(100 * left, 1)} %.`;
  const rest = "The last row is the distribution that batches are drawn from.";
  if (momentum === 0) return `${weight} ${rest} With momentum 0 the running statistics never move.`;
  return left > 0.001
    ? `${weight} ${rest} The running statistics are still moving towards it; pressure has the furthest to go.`
    : `${weight} ${rest} The running statistics have reached it, up to the randomness of each batch.`;
}
