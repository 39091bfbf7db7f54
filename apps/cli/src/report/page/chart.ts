import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Html, html } from "./html.js";
import type { Series } from "./series.js";

/** Charts are as wide as a column of a phone, so that their text is as large as the text around them. */
const chartWidth = 340;
const fontSize = 13;
/** Room for half a label of the axis. */
const marginSides = 22;
const marginBottom = 24;
const labelHeight = 26;
/** A mark takes 9 of them, so that none touches the next. */
const laneHeight = 12;
const rowGap = 8;

/** What a series has in a row of a chart. */
export interface Point {
  /** from 0, counted from the top */
  readonly row: number;
  readonly series: Series;
  /** null is not drawn */
  readonly value: number | null;
  /** the band around the value, drawn with it */
  readonly band?: readonly [number, number];
  /** a limit on the value, drawn with it */
  readonly bound?: number;
  /** the value as people read it */
  readonly text: string;
}

/** The label above a row, at the left and at the right. */
export interface RowLabel {
  readonly left: string;
  readonly right?: string;
}

/** Values on a logarithmic scale: each series has a lane in each row, so that equal values do not hide each other. */
export function rowChart(
  about: string,
  rows: readonly RowLabel[],
  points: readonly Point[],
  domain: Domain,
  tickFormat: (value: number) => string,
): Html {
  const names = [...new Set(points.map(({ series }) => series.name))];
  const rowHeight = labelHeight + names.length * laneHeight + rowGap;
  const lane = ({ row, series }: Point) =>
    row * rowHeight + labelHeight + (names.indexOf(series.name) + 0.5) * laneHeight;
  const height = rows.length * rowHeight + marginBottom;
  const ticks = powersOfTen(domain);
  const svg = svgOf({
    width: chartWidth,
    height,
    marginTop: 0,
    marginBottom,
    marginLeft: marginSides,
    marginRight: marginSides,
    className: "chart",
    style: { fontSize: `${fontSize}px`, background: "none", overflow: "visible" },
    x: { type: "log", domain },
    y: { type: "linear", domain: [0, rows.length * rowHeight], range: [0, rows.length * rowHeight], axis: null },
    marks: [
      Plot.gridX(ticks, { stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisX(ticks, { tickFormat, tickSize: 0, fill: "var(--muted)", label: null }),
      ...points.flatMap((point) => pointMarks(point, lane(point))),
      ...rowLabels(rows, rowHeight),
    ],
  });
  const values = rows.map(({ left }, row) => {
    const own = points.filter((point) => point.row === row);
    return `${left}: ${own.map(({ series, text }) => `${series.name} ${text}`).join(", ")}`;
  });
  return withAttributes(svg, html` role="img" aria-label="${about}. ${values.join("; ")}."`);
}

function pointMarks({ series, value, band, bound, text }: Point, y: number): Plot.Markish[] {
  if (value === null) return [];
  const { color, symbol, name } = series;
  const rule = (x1: number, x2: number, strokeWidth: number) =>
    Plot.ruleY([y], { y, x1, x2, stroke: color, strokeWidth, strokeOpacity: 0.4 });
  return [
    ...(band === undefined ? [] : [rule(...band, 7)]),
    ...(bound === undefined
      ? []
      : [
          rule(value, bound, 1.5),
          Plot.ruleX([bound], { x: bound, y1: y - 4.5, y2: y + 4.5, stroke: "var(--text)", strokeWidth: 2 }),
        ]),
    Plot.dot([value], { x: value, y, r: 4, symbol, fill: color, title: () => `${name}: ${text}` }),
  ];
}

function rowLabels(rows: readonly RowLabel[], rowHeight: number): Plot.Markish[] {
  return (["left", "right"] as const).map((side) =>
    Plot.text(rows, {
      filter: side,
      text: side,
      y: (_: unknown, row: number) => row * rowHeight + labelHeight / 2,
      dx: side === "left" ? -18 : 18,
      frameAnchor: side,
      textAnchor: side === "left" ? "start" : "end",
      fontWeight: 600,
      fill: "var(--text)",
      stroke: "var(--card)",
      strokeWidth: 4,
    }),
  );
}

/** A drawing that says nothing that is not written beside it. */
export function decoration(options: Plot.PlotOptions): Html {
  return withAttributes(svgOf(options), html` aria-hidden="true"`);
}

/** The SVG of a plot, drawn without a browser, without a size and a style of its own: style.ts has both. */
function svgOf(options: Plot.PlotOptions): Html {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = Plot.plot({ ...options, document });
  for (const fixed of ["width", "height"]) svg.removeAttribute(fixed);
  for (const own of svg.querySelectorAll("style")) own.remove();
  return new Html(svg.outerHTML);
}

/** Attributes in which everything is escaped, which linkedom does not do. */
function withAttributes(svg: Html, attributes: Html): Html {
  return new Html(svg.text.replace("<svg", () => `<svg${attributes.text}`));
}

export type Domain = readonly [number, number];

/** The powers of ten around values; null without a positive one. */
export function decades(values: readonly number[]): Domain | null {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return null;
  return [10 ** Math.floor(Math.log10(Math.min(...positive))), 10 ** Math.ceil(Math.log10(Math.max(...positive)))];
}

function powersOfTen([from, to]: Domain): number[] {
  const first = Math.round(Math.log10(from));
  return Array.from({ length: Math.round(Math.log10(to)) - first + 1 }, (_, power) => 10 ** (first + power));
}
