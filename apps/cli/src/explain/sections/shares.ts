import { channels } from "../batches.js";
import { paragraph } from "../format.js";
import type { Lesson } from "../lesson.js";
import { tensorTable } from "../tables.js";

const letters = ["a", "b", "c"] as const;

/** The tensor with a letter for each entry: same letter, same mean. */
export function sharesSection(lesson: Lesson): string[] {
  const { kind, m, options, view } = lesson;
  const names = channels.map(({ name }, c) => `${letters[c]} for ${name}`).join(", ");
  const along =
    kind === "dense"
      ? `Down a column: the N = ${m} values of a feature share a mean, a variance, a gamma and a beta.`
      : `All H W = ${view.inner} places of all N = ${options.batch} examples: the m = N H W = ${m} values of a feature map share a mean, a variance, a gamma and a beta. A convolution treats all places alike, so all are normalized alike.`;
  return [
    paragraph("Same letter, same mean:"),
    tensorTable(lesson, (_, c) => letters[c] as string),
    paragraph(
      `${along} So there are ${channels.length} means, ${names}, each over m = ${m} values. No mean is taken across a row: channels are never mixed.`,
    ),
  ];
}
