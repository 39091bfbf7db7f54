import { formatRatio, geometricMean } from "@batchnorm/timing";
import { formatUlp } from "../check/check-summary.js";
import { measurementsOf, peersOf, type Timings, timesAsFast, worstError } from "./lookup.js";
import { type Report, type ReportOperation, reportOperations } from "./schema.js";

type Found = Pick<Report, "checks"> & Timings;
type Recommendation = NonNullable<Report["recommendation"]>;

/** The fastest of the backends that agree with the specification everywhere; null where there is none. */
export function recommend(found: Found): Report["recommendation"] {
  const [best] = ranked(found);
  if (best === undefined) return null;
  const ulp = worstFloat32(found, best);
  const [first] = peersOf(found);
  const peer = first === undefined ? null : timesPeer(found, best, first.name);
  return { backend: best, ulp, peer, sentence: sentenceOf(best, ulp, peer) };
}

/**
 * The backends that passed every check and every comparison before a timing, the fastest first. All were timed on the
 * same cases, so that their geometric means compare.
 */
export function ranked(found: Found): string[] {
  const measurements = measurementsOf(found);
  const names = found.checks.filter(({ passed }) => passed).map(({ backend }) => backend);
  return names
    .flatMap((name) => {
      const timings = measurements.filter(({ implementation }) => implementation === name).map(({ timing }) => timing);
      if (timings.length === 0 || timings.includes(null)) return [];
      return [{ name, time: geometricMean(timings.map((timing) => timing?.median ?? 0)) }];
    })
    .sort((a, b) => a.time - b.time)
    .map(({ name }) => name);
}

/** On the digits and on the inputs that were timed. */
function worstFloat32(found: Found, name: string): number {
  const rows = found.checks.filter(({ backend }) => backend === name).flatMap((check) => check.rows);
  const timed = measurementsOf(found).filter(({ implementation }) => implementation === name);
  const onDigits = rows.filter(({ dtype }) => dtype === "float32").map(({ ulp }) => ulp ?? 0);
  return Math.max(...onDigits, worstError(timed) ?? 0);
}

function timesPeer(found: Found, backend: string, name: string): Recommendation["peer"] {
  const [step, train, infer] = reportOperations.map((operation) => ratiosOf(found, backend, name, operation));
  if (step == null || train == null || infer == null) return null;
  return { name, step, train, infer };
}

function ratiosOf(found: Found, backend: string, peer: string, operation: ReportOperation) {
  const own = measurementsOf(found).filter((one) => one.implementation === backend && one.operation === operation);
  const ratios = own.map((one) => timesAsFast(found, one, peer)).filter((ratio) => ratio !== null);
  if (ratios.length === 0) return null;
  return { mean: geometricMean(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

function sentenceOf(backend: string, ulp: number, peer: Recommendation["peer"]): string {
  const accurate = `fastest here: ${backend}, within ${formatUlp(ulp)} ulp of the specification`;
  if (peer === null) return accurate;
  return `${accurate}; ${rangeOf(peer.step)} times as fast as ${peer.name} in a training step, ${rangeOf(peer.infer)} times in inference`;
}

/** `3.1 to 98` */
export function rangeOf({ least, most }: { readonly least: number; readonly most: number }): string {
  return `${formatRatio(least)} to ${formatRatio(most)}`;
}
