import * as Plot from "@observablehq/plot";
import { decoration } from "./chart.js";
import { Html, html } from "./html.js";
import type { Series } from "./series.js";

/** Which shape and colour is who. */
export function legend(series: readonly Series[], more: Html | null = null): Html {
  return html`<ul class="legend">${series.map((one) => html`<li>${symbolOf(one)}${one.name}</li>`)}${more}</ul>`;
}

function symbolOf({ symbol, color }: Series): Html {
  const marks = [Plot.dot([0], { frameAnchor: "middle", r: 5, symbol, fill: color })];
  return decoration({ width: 16, height: 16, margin: 0, axis: null, className: "symbol", marks });
}

/** The mark of a bound. */
export const boundMark = new Html(
  '<li><svg aria-hidden="true" viewBox="0 0 16 16"><path d="M8 1v14" stroke="var(--text)" stroke-width="2"/></svg>bound of a backend</li>',
);
