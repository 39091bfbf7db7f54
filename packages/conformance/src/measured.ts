import type { Bounds, BoundsRow, Judged, Operation } from "./judging/bounds.js";
import { judgedOperations } from "./judging/bounds.js";
import type { Observation } from "./judging/observation.js";

/** The largest errors, in ulp, that the design allows a backend in float32 against the specification. */
export type Goals = Readonly<Partial<Record<Operation, number>>>;

/**
 * A result that is rounded rightly may be off by half an ulp: no bound is below. Moments of float32 data are exported in
 * float64, which has 29 bits more.
 */
function rightRounding({ dtype, operation }: Pick<Judged, "dtype" | "operation">): number {
  const isMoment = operation === "mean" || operation === "variance";
  return isMoment && dtype === "float32" ? 0.5 * 2 ** -29 : 0.5;
}

/** What of an observation is measured. */
type Measurement = Pick<Observation, "dtype" | "against" | "data" | "operation" | "ulp">;

/** Gathers the worst error of each operation on each class of data. */
export class Measured {
  readonly #rows = new Map<string, { row: Omit<BoundsRow, "ulp">; ulp: Partial<Record<Operation, number>> }>();

  /** To be given to a suite as `observe`. */
  readonly observe = ({ dtype, against, data, operation, ulp }: Measurement): void => {
    const key = `${dtype} ${against} ${data}`;
    const found = this.#rows.get(key) ?? { row: { dtype, against, data }, ulp: {} };
    found.ulp[operation] = Math.max(found.ulp[operation] ?? 0, ulp);
    this.#rows.set(key, found);
  };

  /** What was measured, in the form of bounds. */
  get worst(): Bounds {
    const rows = [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([, { row, ulp }]) => ({ ...row, ulp: inOrder(ulp) }));
  }

  /** Bounds for the table: twice the worst error, a right rounding at least, a goal at most. */
  propose(goals: Goals): Bounds {
    return this.worst.map((row) => ({
      ...row,
      ulp: Object.fromEntries(
        Object.entries(row.ulp).map(([operation, worst]) => {
          const judged = { ...row, operation: operation as Operation };
          const bound = Math.max(rightRounding(judged), twoDigits(2 * worst));
          return [operation, Math.min(bound, goalOf(goals, judged))];
        }),
      ),
    }));
  }

  /** What is wrong with a table, a sentence each: bounds that were exceeded, are too loose, or hold nothing. */
  faults(bounds: Bounds, goals: Goals): string[] {
    const measured = [...entries(this.worst)];
    const known = new Map(measured.map(([judged, worst]) => [keyOf(judged), worst]));
    const held = new Map([...entries(bounds)].map(([judged, bound]) => [keyOf(judged), bound]));
    const unheld = measured.flatMap(([judged, worst]) =>
      held.has(keyOf(judged)) ? [] : [`${keyOf(judged)} has no bound, ${worst} was measured`],
    );
    const wrong = [...entries(bounds)].flatMap(([judged, bound]) => {
      const worst = known.get(keyOf(judged));
      const goal = goalOf(goals, judged);
      if (worst === undefined) return [`${keyOf(judged)}: the bound ${bound} holds nothing that was measured`];
      if (worst > bound) return [`${keyOf(judged)}: ${worst} was measured, beyond the bound ${bound}`];
      if (bound > Math.max(2 * worst, rightRounding(judged))) {
        return [`${keyOf(judged)}: the bound ${bound} is more than twice ${worst}, the worst that was measured`];
      }
      return bound > goal ? [`${keyOf(judged)}: the bound ${bound} is beyond the goal ${goal}`] : [];
    });
    return [...unheld, ...wrong];
  }
}

function goalOf(goals: Goals, { dtype, against, operation }: Judged): number {
  return dtype === "float32" && against === "specification" ? (goals[operation] ?? Infinity) : Infinity;
}

function* entries(bounds: Bounds): Generator<[Judged, number]> {
  for (const { ulp, ...row } of bounds) {
    for (const [operation, value] of Object.entries(ulp)) yield [{ ...row, operation: operation as Operation }, value];
  }
}

function keyOf({ dtype, against, data, operation }: Judged): string {
  return `${operation} in ${dtype} against the ${against} on ${data} data`;
}

function inOrder(ulp: Partial<Record<Operation, number>>): Partial<Record<Operation, number>> {
  return Object.fromEntries(judgedOperations.filter((one) => one in ulp).map((one) => [one, ulp[one]]));
}

function twoDigits(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.floor(value / unit + 1e-9) * unit).toPrecision(2));
}
