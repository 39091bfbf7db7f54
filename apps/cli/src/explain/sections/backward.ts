import * as specification from "@batchnorm/core/specification";
import { table } from "../../output.js";
import { channels } from "../batches.js";
import { fixed, formulas, paragraph } from "../format.js";
import type { Lesson } from "../lesson.js";
import { rowsToShow } from "../tables.js";

/** The digits of gradients: they are smaller than what they are gradients of. */
const places = 6;

/** Section 3 with its numbers in the first channel, and what inference makes of the same dy. */
export function backwardSection(lesson: Lesson): string[] {
  const { name } = channels[0] as (typeof channels)[number];
  const { backward, options, inference } = lesson;
  const { training, terms } = backward;
  const variance = fixed(inference.variance[0] as number);
  return [
    paragraph(
      `dy is the gradient of the loss with respect to y, dx with respect to x, and so on. Suppose the loss depends only on the first y of ${name}: dy_1 = 1, and all others are 0. The six formulas of section 3, with the numbers of the first batch${lesson.kind === "conv" ? ", where i counts the places of the first example, then those of the next" : ""}:`,
    ),
    formulas(
      "dxhat_i    = dy_i gamma",
      "dsigma^2_B = sum dxhat_i (x_i - mu_B) (-1/2) (sigma^2_B + epsilon)^(-3/2)",
      `           = ${fixed(terms.dSigma2, places)}`,
      "dmu_B      = sum dxhat_i (-1 / sqrt(sigma^2_B + epsilon))",
      "             + dsigma^2_B (sum -2 (x_i - mu_B)) / m",
      `           = ${fixed(terms.dMu, places)}`,
      "dx_i       = dxhat_i / sqrt(sigma^2_B + epsilon)",
      "             + dsigma^2_B 2 (x_i - mu_B) / m  +  dmu_B / m",
      `dgamma     = sum dy_i xhat_i = ${fixed(training.dGamma[0] as number, places)}`,
      `dbeta      = sum dy_i = ${fixed(training.dBeta[0] as number, places)}`,
    ),
    gradientTable(lesson),
    paragraph(
      "The loss depends on one y, yet every x gets a gradient: each x moves mu_B and sigma^2_B, and through them every y. The dx have mean 0, because shifting every x by the same amount changes no y.",
    ),
    paragraph(
      `In inference E[x] and Var[x] are constants: dx_i = dy_i gamma / sqrt(Var[x] + epsilon) = dy_i * ${options.gamma} / sqrt(${variance} + ${options.eps}), the last column. No other x takes part; dgamma, from the xhat of inference, is ${fixed(backward.inference.dGamma[0] as number, places)}. This is right for a frozen layer, and wrong in training.`,
    ),
  ];
}

function gradientTable({ view, first, dy, backward }: Lesson): string {
  const of = (values: ArrayLike<number>) => specification.gather(values, view, 0);
  const columns = [
    { values: of(first.x), decimals: 1 },
    { values: of(dy), decimals: 0 },
    { values: backward.terms.dXHat, decimals: places },
    { values: of(backward.training.dx), decimals: places },
    { values: of(backward.inference.dx), decimals: places },
  ];
  const m = columns[0]?.values.length as number;
  const rows = rowsToShow(m).map((i) => [
    String(i + 1),
    ...columns.map(({ values, decimals }) => fixed(values[i] as number, decimals)),
  ]);
  const means = columns.map(({ values }, column) => (column < 3 ? "" : fixed(specification.mean(values), places)));
  return table(
    ["i", "x_i", "dy_i", "dxhat_i", "dx_i", "dx_i in inference"],
    [...rows, ["mean", ...means]],
    [1, 2, 3, 4, 5],
  );
}
