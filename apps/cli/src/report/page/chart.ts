import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Html, html } from "./html.js";
import type { Series } from "./series.js";

/** Charts are as wide as a column of a phone, so that their text is as large as the text around them. */
const chartWidth = 340;
const fontSize = 13;

/** A point of a series in a row of a chart. */
export interface Point {
  /** from 0, counted from the top */
  readonly row: number;
  readonly series: Series;
  readonly value: number;
  /** what is said of it where a pointer rests on it */
  readonly title: string;
}

/** Room for half a label of the axis; the labels of rows stand in it, too. */
const marginSides = 22;
const labelShift = 18;

/** The height of rows, each with its label on a line above it. */
const rowHeight = 46;

/** Draws a chart without a browser: an SVG that scales with its column. */
export function draw(ariaLabel: string, options: Plot.PlotOptions): Html {
  const style = { fontSize: `${fontSize}px`, background: "none", overflow: "visible" };
  const svg = svgOf({ ...options, width: chartWidth, className: "chart", style });
  return withAttributes(svg, html` role="img" aria-label="${ariaLabel}"`);
}

/** A drawing that says nothing that is not written beside it. */
export function decoration(options: Plot.PlotOptions): Html {
  return withAttributes(svgOf(options), html` aria-hidden="true"`);
}

/** The SVG of a plot, without a size and a style of its own: style.ts has both. */
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

/** Rows with their labels above, at the left and at the right. */
export function rowLabels(labels: readonly { readonly left: string; readonly right: string }[]): Plot.Markish[] {
  const common = {
    y: (_: unknown, row: number) => row,
    dy: -17,
    fontSize,
    lineAnchor: "middle",
    stroke: "var(--card)",
    strokeWidth: 4,
  } as const;
  return [
    Plot.text(labels, {
      ...common,
      text: "left",
      dx: -labelShift,
      frameAnchor: "left",
      textAnchor: "start",
      fill: "var(--text)",
    }),
    Plot.text(labels, {
      ...common,
      filter: ({ right }: { readonly right: string }) => right !== "",
      text: "right",
      dx: labelShift,
      frameAnchor: "right",
      textAnchor: "end",
      fill: "var(--text)",
      fontWeight: 600,
    }),
  ];
}

/** The points themselves, one shape and colour for each series, and a line that joins those of a row. */
export function points(of: readonly Point[]): Plot.Markish[] {
  const rows = [...new Set(of.map(({ row }) => row))];
  const spans = rows.map((row) => {
    const values = of.filter((point) => point.row === row).map(({ value }) => value);
    return { row, least: Math.min(...values), most: Math.max(...values) };
  });
  return [
    Plot.ruleY(spans, { y: "row", x1: "least", x2: "most", stroke: "var(--line-strong)", strokeWidth: 1.5 }),
    ...byLayer(of).map(({ row, series, value, title }) =>
      Plot.dot([{ row, value }], {
        x: "value",
        y: "row",
        r: 5,
        symbol: series.symbol,
        fill: series.color,
        stroke: "var(--card)",
        strokeWidth: 1.5,
        title: () => title,
      }),
    ),
  ];
}

/** Backends over peers. */
function byLayer(of: readonly Point[]): Point[] {
  return [...of.filter(({ series }) => series.peer), ...of.filter(({ series }) => !series.peer)];
}

/** The options that all charts of rows share. */
export function rowsLayout(rows: number): Plot.PlotOptions {
  const marginTop = 4;
  const marginBottom = 24;
  return {
    height: marginTop + rows * rowHeight + marginBottom,
    marginTop,
    marginBottom,
    marginLeft: marginSides,
    marginRight: marginSides,
    y: { type: "linear", domain: [rows - 0.5, -0.5], axis: null },
  };
}
