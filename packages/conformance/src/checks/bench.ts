import type { Backend, DType, Tensor, Values } from "@batchnorm/core";
import { BatchNorm1d, type LayerOptions } from "@batchnorm/layers";
import type { Check, Subject } from "../check.js";
import type { RequirementName } from "../requirements.js";
import { type CheckOptions, typedChecks } from "./typed-checks.js";

interface Disposing {
  dispose(): void;
}

/** A backend in one type, with short ways to tensors and layers, and all that must be disposed: each thing once. */
export class Bench {
  readonly subject: Subject;
  readonly backend: Backend;
  readonly dtype: DType;
  readonly #kept: Set<Disposing>;

  /** @param kept shared with another bench; by default a bench has its own */
  private constructor(subject: Subject, dtype: DType, kept: Set<Disposing> = new Set()) {
    this.subject = subject;
    this.backend = subject.backend;
    this.dtype = dtype;
    this.#kept = kept;
  }

  /** Does work on a bench, and disposes everything that it kept, also where it throws. */
  static async use<R>(subject: Subject, dtype: DType, work: (bench: Bench) => R | Promise<R>): Promise<R> {
    const bench = new Bench(subject, dtype);
    try {
      return await work(bench);
    } finally {
      bench.clear();
    }
  }

  /** This bench in another type. */
  in(dtype: DType): Bench {
    return new Bench(this.subject, dtype, this.#kept);
  }

  // properties, not methods, so that a check can take out those that it uses

  readonly tensor = (values: Values, shape: readonly number[] = [values.length]): Tensor =>
    this.keep(this.backend.tensor(values, shape, this.dtype));

  readonly state = (values: Values, shape: readonly number[] = [values.length]): Tensor =>
    this.keep(this.backend.state(values, shape, this.dtype));

  /** A `BatchNorm1d` whose state has the bench's type. */
  readonly layer = (numFeatures: number, options: LayerOptions = {}): BatchNorm1d =>
    this.keep(new BatchNorm1d(this.backend, numFeatures, { dtype: this.dtype, ...options }));

  /** Takes charge of a thing, and returns it. */
  readonly keep = <Thing extends Disposing>(thing: Thing): Thing => {
    this.#kept.add(thing);
    return thing;
  };

  /** Disposes a thing now. */
  drop(thing: Disposing): void {
    this.#kept.delete(thing);
    thing.dispose();
  }

  /** Disposes all that is kept, the last first. */
  clear(): void {
    const things = [...this.#kept].reverse();
    this.#kept.clear();
    for (const thing of things) thing.dispose();
  }
}

/** Checks by name, in each type. */
export function benchChecksOf(
  requirement: RequirementName,
  asks: Readonly<Record<string, (bench: Bench) => Promise<void>>>,
): Check[] {
  return Object.entries(asks).flatMap(([name, ask]) => benchChecks(requirement, name, ask));
}

/** A check in each type that asks more than a case can say. */
export function benchChecks(
  requirement: RequirementName,
  name: string,
  ask: (bench: Bench) => Promise<void>,
  options?: CheckOptions,
): Check[] {
  return typedChecks(requirement, name, (subject, dtype) => Bench.use(subject, dtype, ask), options);
}
