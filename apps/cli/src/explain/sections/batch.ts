import { channels } from "../batches.js";
import { bold, fixed, paragraph } from "../format.js";
import type { Lesson } from "../lesson.js";
import { tensorTable } from "../tables.js";

/** What the lesson is about, with its shape and its numbers. */
export function introduction({ kind, shape, options: { gamma, beta, eps, batch } }: Lesson): string[] {
  const where = kind === "dense" ? "a dense layer" : "a convolution";
  const about =
    kind === "dense"
      ? `A dense layer computes F features of N examples, a tensor of shape (N, F), here (${shape.join(", ")}). A channel is one feature.`
      : `A convolution computes C feature maps of N examples, each map with H rows and W columns: a tensor of shape (N, C, H, W), here (${shape.join(", ")}). A channel is one feature map.`;
  const weather =
    kind === "dense"
      ? `the weather at noon on ${batch} ${batch === 1 ? "day" : "days"}`
      : `the weather at noon at 2 x 2 places on ${batch} ${batch === 1 ? "day" : "days"}`;
  const units = channels.map(({ name, unit }) => `${name} (${unit})`).join(", ");
  return [
    bold(`Batch normalization after ${where}`),
    paragraph(`${about} As an example, take ${weather}: ${units}.`),
    paragraph(
      `The notation is that of the paper, Ioffe and Szegedy 2015. Every channel has gamma = ${gamma} and beta = ${beta}; epsilon = ${eps}.`,
    ),
  ];
}

/** x as it comes in. */
export function batchSection(lesson: Lesson): string[] {
  const { x } = lesson.first;
  return [
    tensorTable(lesson, (i, c) => fixed(x[i] as number, (channels[c] as (typeof channels)[number]).decimals)),
    paragraph(
      "The channels differ in mean and in spread. Normalizing gives them all the same mean and the same variance.",
    ),
  ];
}
