import { sizeOf, type View } from "@batchnorm/core";
import * as specification from "@batchnorm/core/specification";
import { table } from "../output.js";
import { channels } from "./batches.js";
import { inColourOf } from "./format.js";
import type { Lesson } from "./lesson.js";

/** A row below the entries of a tensor: a number for each channel. */
export type ChannelRow = readonly [label: string, cell: (c: number) => string];

/** A row with two numbers for each channel. */
export type PairRow = readonly [label: string, cells: (c: number) => readonly [string, string]];

/** A table with a column for each channel. */
export function byChannel(rows: readonly ChannelRow[]): string {
  return channelTable(rows.map(([label, cell]) => [label, channels.map((_, c) => cell(c))]));
}

/** A table with two columns for each channel, named in the first of its rows. */
export function pairsByChannel(rows: readonly PairRow[]): string {
  const texts = channels.map((_, c) => {
    const pairs = rows.map(([, cells]) => cells(c));
    const [first, second] = ([0, 1] as const).map((side) => Math.max(...pairs.map((pair) => pair[side].length)));
    return pairs.map(([a, b]) => `${a.padStart(first as number)}  ${b.padStart(second as number)}`);
  });
  return channelTable(rows.map(([label], i) => [label, texts.map((of) => of[i] as string)]));
}

/**
 * A tensor: a row for each example, or for each row of its maps, and a column for each channel.
 *
 * @param cell an entry, by its index in row-major order and its channel
 * @param below rows to add, one cell for each channel
 */
export function tensorTable(
  { shape, view }: Pick<Lesson, "shape" | "view">,
  cell: (index: number, c: number) => string,
  below: readonly ChannelRow[] = [],
): string {
  const width = shape[3] ?? 1;
  const height = view.inner / width;
  const texts = channels.map((_, c) => {
    const cells = entries(view, c).map((index) => cell(index, c));
    const longest = Math.max(...cells.map((text) => text.length));
    return cells.map((text) => text.padStart(longest));
  });
  const shown = height === 1 ? 8 : 4; // as many as can be taken in; of the rest only the number is told
  const rows: [string, string[]][] = [];
  for (let n = 0; n < Math.min(view.outer, shown); n++) {
    for (let h = 0; h < height; h++) {
      const at = (n * height + h) * width;
      rows.push([h === 0 ? `example ${n + 1}` : "", texts.map((of) => of.slice(at, at + width).join("  "))]);
    }
    if (height > 1) rows.push(["", channels.map(() => "")]);
  }
  if (view.outer > shown) rows.push([`... ${view.outer - shown} more`, channels.map(() => "")]);
  else if (height > 1 && below.length === 0) rows.pop();
  return channelTable([
    ...rows,
    ...below.map(([label, of]): [string, string[]] => [label, channels.map((_, c) => of(c))]),
  ]);
}

/** The rows to show of many, by index from 0: the first ones, then ever fewer, and the last. */
export function rowsToShow(count: number): number[] {
  const spacing = Math.ceil(count / 10);
  return Array.from({ length: count }, (_, i) => i).filter(
    (i) => count <= 12 || i < 3 || (i + 1) % spacing === 0 || i === count - 1,
  );
}

function channelTable(rows: readonly (readonly [string, readonly string[]])[]): string {
  return table(
    ["", ...channels.map(({ name }, c) => inColourOf(c, name))],
    rows.map(([label, cells]) => [label, ...cells.map((text, c) => inColourOf(c, text))]),
    channels.map((_, c) => c + 1),
  );
}

/** The index of each entry of a channel, in order. */
function entries(v: View, c: number): number[] {
  const indices = Array.from({ length: sizeOf(v) }, (_, index) => index);
  return [...specification.gather(indices, v, c)];
}
