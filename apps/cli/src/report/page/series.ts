import { peersOf } from "../lookup.js";
import type { Report } from "../schema.js";

/** How a backend or peer looks in charts and legends: a colour of style.ts and a shape, so that neither stands alone. */
export interface Series {
  readonly name: string;
  readonly peer: boolean;
  readonly color: string;
  readonly symbol: (typeof backendSymbols)[number] | (typeof peerSymbols)[number];
}

/** As many as there are colours; all can be filled. */
const backendSymbols = ["circle", "square", "triangle", "star", "wye", "cross"] as const;
const peerSymbols = ["diamond2", "hexagon", "triangle2", "square2"] as const;

/** The series of a report, backends first. */
export function seriesOf(report: Report): Series[] {
  const peers = peersOf(report).map(({ name }) => name);
  const checked = report.checks.map(({ backend }) => backend);
  const backends = [...new Set([...checked, ...report.implementations.map(({ name }) => name)])].filter(
    (name) => !peers.includes(name),
  );
  return [
    ...backends.map((name, index): Series => {
      const at = index % backendSymbols.length;
      return { name, peer: false, color: `var(--backend-${at + 1})`, symbol: backendSymbols[at] ?? "circle" };
    }),
    ...peers.map((name, index): Series => {
      const at = index % peerSymbols.length;
      return { name, peer: true, color: `var(--peer-${at + 1})`, symbol: peerSymbols[at] ?? "diamond2" };
    }),
  ];
}
