import type { DType } from "@batchnorm/core";
import fc from "fast-check";
import { type Check, describeError, Nonconformance, type Subject } from "../../check.js";
import { Bench } from "../bench.js";
import { type CheckOptions, typedChecks } from "../typed-checks.js";

/** What holds for every input. */
export interface Property<Sample> {
  readonly name: string;
  readonly samples: fc.Arbitrary<Sample>;
  readonly describe: (sample: Sample) => string;
  /** rejects where it does not hold for a sample */
  readonly holds: (bench: Bench, sample: Sample) => Promise<void>;
}

/** The same samples each time. */
const seed = 20150211;
const samplesEach = 150;

/** A check of a property in each type: tried on many samples, and told with the smallest counterexample that was found. */
export function propertyChecks<Sample>(property: Property<Sample>, options?: CheckOptions): Check[] {
  const ask = (subject: Subject, dtype: DType) => tryProperty(property, subject, dtype);
  return typedChecks("invariances", property.name, ask, options);
}

async function tryProperty<Sample>(property: Property<Sample>, subject: Subject, dtype: DType): Promise<void> {
  const { samples, describe, holds } = property;
  const asked = fc.asyncProperty(samples, (sample) => Bench.use(subject, dtype, (bench) => holds(bench, sample)));
  const { failed, counterexample, errorInstance, numShrinks } = await fc.check(asked, { seed, numRuns: samplesEach });
  if (!failed) return;
  const [smallest] = counterexample ?? [];
  const sample =
    smallest === undefined ? "" : `; the smallest of ${numShrinks + 1} counterexamples: ${describe(smallest)}`;
  const reason =
    errorInstance instanceof Nonconformance ? errorInstance.message : `it threw ${describeError(errorInstance)}`;
  throw new Nonconformance(`${reason}${sample}`, { cause: errorInstance });
}
