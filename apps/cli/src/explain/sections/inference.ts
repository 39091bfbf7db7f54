import { fixed, formulas, paragraph } from "../format.js";
import type { Lesson } from "../lesson.js";
import { tensorTable } from "../tables.js";

/** The first batch again, by the running statistics. */
export function inferenceSection(lesson: Lesson): string[] {
  const { inference, first, options } = lesson;
  const { gamma, beta, eps } = options;
  const x = fixed(first.x[0] as number, 1);
  const mean = fixed(inference.mean[0] as number);
  const variance = fixed(inference.variance[0] as number);
  const byHand = `${gamma} * (${x} - ${mean}) / sqrt(${variance} + ${eps}) + ${beta} = ${fixed(inference.y[0] as number)}`;
  return [
    paragraph("The first batch again, now with the running statistics in place of its own:"),
    formulas("y = gamma (x - E[x]) / sqrt(Var[x] + epsilon) + beta"),
    tensorTable(lesson, (i) => fixed(inference.y[i] as number)),
    paragraph(`The first of them: ${byHand}.`),
    paragraph(
      `In training the same entry became ${fixed(first.forward.y[0] as number)}, which depended on the rest of its batch. Now it depends only on its own x, so a single example is enough. How much the two differ depends on how well E[x] and Var[x] describe this batch.`,
    ),
  ];
}
