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
      `All numbers so far are the specification's, in float64. This is what ${layer.description} on the ${layer.backend} backend gives for the same batches, in float32, which holds about seven digits. The first value of each result beside the specification's, and the largest error of all values:`,
    ),
    table(["", "values", "specification", "layer", "largest error"], rows, [1, 2, 3, 4]),
    paragraph(
      "1 ulp (unit in the last place) is the distance between neighbouring float32 numbers; 0.5 ulp is a correctly rounded result. E[x] and Var[x] are those after the last batch.",
    ),
  ];
}

function digits(value: number): string {
  return value === 0 ? "0" : value.toPrecision(9);
}
