import * as specification from "@batchnorm/core/specification";
import { channels } from "../batches.js";
import { fixed, formulas, paragraph } from "../format.js";
import type { Lesson } from "../lesson.js";
import { byChannel, tensorTable } from "../tables.js";

/** Algorithm 1, line by line, with the numbers of the first batch. */
export function trainingSection(lesson: Lesson): string[] {
  return [...statistics(lesson), ...normalized(lesson), ...scaledAndShifted(lesson)];
}

function statistics({ view, m, first: { x, forward } }: Lesson): string[] {
  const values = [...specification.gather(x, view, 0)].map((value) => fixed(value, 1));
  const byHand = `The first by hand: mu_B = (${values.join(" + ")}) / ${m} = ${fixed(forward.mean[0] as number)}.`;
  return [
    formulas(
      "mu_B      = 1/m sum x_i                                  mini-batch mean",
      "sigma^2_B = 1/m sum (x_i - mu_B)^2                       mini-batch variance",
    ),
    byChannel([
      ["m", () => String(m)],
      ["mu_B", (c) => fixed(forward.mean[c] as number)],
      ["sigma^2_B", (c) => fixed(forward.variance[c] as number)],
    ]),
    ...(m <= 8 ? [paragraph(byHand)] : []),
  ];
}

function normalized(lesson: Lesson): string[] {
  const { view, m, options } = lesson;
  const { x, forward } = lesson.first;
  const { mean, variance, xHat } = forward;
  const means = channels.map((_, c) => specification.mean(specification.gather(xHat, view, c)));
  const variances = channels.map((_, c) =>
    specification.variance(specification.gather(xHat, view, c), means[c] as number),
  );
  const first = `(${fixed(x[0] as number, 1)} - ${fixed(mean[0] as number)}) / sqrt(${fixed(variance[0] as number)} + ${options.eps})`;
  const pair =
    m === 2
      ? " With m = 2 the two values are equally far from their mean, on either side: whatever they are, xhat is minus one and plus one, but for epsilon. Only their order survives."
      : "";
  return [
    formulas("xhat_i    = (x_i - mu_B) / sqrt(sigma^2_B + epsilon)     normalize"),
    tensorTable(lesson, (i) => fixed(xHat[i] as number), [
      ["mean", (c) => fixed(means[c] as number)],
      ["variance", (c) => fixed(variances[c] as number)],
    ]),
    paragraph(`The first: ${first} = ${fixed(xHat[0] as number)}.`),
    paragraph(
      `The mean is 0 and the variance sigma^2_B / (sigma^2_B + epsilon): close to 1, unless sigma^2_B is small beside epsilon.${pair}`,
    ),
  ];
}

function scaledAndShifted(lesson: Lesson): string[] {
  const { gamma, beta } = lesson.options;
  const { y, xHat } = lesson.first.forward;
  const first = `${gamma} * ${fixed(xHat[0] as number)} + ${beta} = ${fixed(y[0] as number)}`;
  return [
    formulas("y_i       = gamma xhat_i + beta                          scale and shift"),
    tensorTable(lesson, (i) => fixed(y[i] as number)),
    paragraph(
      `The first of them: ${first}. gamma and beta are learned, starting from 1 and 0: they restore whatever mean and spread suit the next layer. y depends on all ${lesson.m} values of its channel, not only on its own x.`,
    ),
  ];
}
