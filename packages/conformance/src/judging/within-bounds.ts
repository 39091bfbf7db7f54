import { Nonconformance, type Subject } from "../check.js";
import { boundOf } from "./bounds.js";
import type { Observation } from "./observation.js";

/**
 * Tells the subject of each observation and stops at the first that is beyond its bound: observations come in the order
 * in which results rest on each other, and what follows a wrong one says nothing.
 *
 * @throws Nonconformance
 */
export async function expectWithinBounds(subject: Subject, observations: AsyncIterable<Observation>): Promise<void> {
  for await (const observation of observations) {
    subject.observe(observation);
    if (subject.bounds === null) continue;
    const bound = boundOf(subject.bounds, observation);
    if (!(observation.ulp <= bound)) throw new Nonconformance(describeObservation(observation, bound));
  }
}

function describeObservation(seen: Observation, bound: number): string {
  const { case: name, step, mode, operation, worst, ulp, against } = seen;
  const where = `${name}, step ${step + 1} (${mode})`;
  if (worst === null) return `${where}: ${operation} is wrong`;
  const { index, actual, expected } = worst;
  const source = against === "specification" ? "the specification says" : "the published value is";
  const off = Number.isFinite(ulp) ? `off by ${Number(ulp.toPrecision(3))} ulp at its scale` : "infinitely wrong";
  return `${where}: ${operation}[${index}] is ${actual}, ${source} ${expected}: ${off}, at most ${bound} allowed`;
}
