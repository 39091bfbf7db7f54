import { table } from "../../output.js";
import { paragraph } from "../format.js";
import type { Lesson } from "../lesson.js";

/** The same numbers from a layer. */
export function layerSection({ layer, comparisons }: Lesson): string[] {
  const rows = comparisons.map(({ quantity, specification, layer, ulp }) => [
    quantity,
    String(specification.length),
    digits(specification[0] as number),
    digits(layer[0] as number),
    `${ulp.toFixed(2)} ulp`,
  ]);
  return [
    paragraph(
      `All numbers so far are the specification's, in float64. Here are the results of ${layer.description} on the ${layer.backend} backend for the same batches, in float32, which holds about seven digits: the first value of each, and the largest error over all values:`,
    ),
    table(["", "values", "specification", "layer", "largest error"], rows, [1, 2, 3, 4]),
    paragraph(
      "1 ulp (unit in the last place) is the gap between neighbouring float32 numbers; a correctly rounded result is within 0.5 ulp. E[x] and Var[x] are those after the last batch.",
    ),
  ];
}

function digits(value: number): string {
  return value === 0 ? "0" : value.toPrecision(9);
}
