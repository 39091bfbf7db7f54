import { peersOf } from "../lookup.js";
import { ranked } from "../recommendation.js";
import type { Report } from "../schema.js";
import { problems } from "./findings.js";

/** How a backend or peer looks in charts and legends: a colour of style.ts and a shape, so that neither stands alone. */
export interface Series {
  readonly name: string;
  readonly peer: boolean;
  readonly color: string;
  readonly symbol: (typeof backendSymbols)[number] | (typeof peerSymbols)[number];
}

/** As many as there are colours; all can be filled. */
const backendSymbols = ["circle", "square", "triangle", "hexagon", "cross", "triangle2"] as const;
const peerSymbols = ["diamond2", "star", "wye", "square2"] as const;

/**
 * What charts show: the fastest backend of each package, where there are some with a baseline beside them the fastest of
 * those, every one that disagrees, and the peers.
 */
export function seriesOf(report: Report): Series[] {
  const packages = new Set(report.backends.map((one) => one.package));
  const all = [...ranked(report), ...report.backends.map(({ name }) => name)];
  const peers = new Set(peersOf(report).map(({ name }) => name));
  const first = [...all.filter((name) => peers.has(`baseline ${name}`)), ...all].filter((name) => {
    const own = report.backends.find((one) => one.name === name);
    return own !== undefined && packages.delete(own.package);
  });
  const drawn = report.checks.filter(({ backend }) => first.includes(backend) || problems(report, backend).length > 0);
  return [
    ...drawn.map(({ backend: name }, index): Series => {
      const at = index % backendSymbols.length;
      return { name, peer: false, color: `var(--backend-${at + 1})`, symbol: backendSymbols[at] ?? "circle" };
    }),
    ...peersOf(report).map(({ name }, index): Series => {
      const at = index % peerSymbols.length;
      return { name, peer: true, color: `var(--peer-${at + 1})`, symbol: peerSymbols[at] ?? "diamond2" };
    }),
  ];
}
