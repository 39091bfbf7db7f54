import { checkMomentum, checkTrainingEps } from "@batchnorm/core/checks";
import { UsageError } from "../exit-codes.js";
import type { Kind } from "./batches.js";

/** What a lesson is about. */
export interface ExplainOptions {
  /** training batches */
  readonly steps: number;
  readonly momentum: number;
  readonly eps: number;
  /** N, examples per batch */
  readonly batch: number;
  /** of every channel */
  readonly gamma: number;
  readonly beta: number;
}

/** More would no longer be a batch small enough to read, nor a few. */
export const limits = { steps: 1000, batch: 64, parameter: 100 } as const;

/** @throws UsageError unless the text is "dense" or "conv" */
export function parseKind(text: string): Kind {
  if (text === "dense" || text === "conv") return text;
  throw new UsageError(`explain takes dense or conv, got ${JSON.stringify(text)}`);
}

/** @throws UsageError unless the text is a whole number from 1 to `limits.steps` */
export function parseSteps(text: string): number {
  return parseCount("--steps", "training batches", limits.steps, text);
}

/** @throws UsageError unless the text is a whole number from 1 to `limits.batch` */
export function parseBatch(text: string): number {
  return parseCount("--batch", "examples per batch", limits.batch, text);
}

/** @throws UsageError, OptionError unless the text is a number from 0 to 1 */
export function parseMomentum(text: string): number {
  const momentum = parseNumber("--momentum", "a number from 0 to 1", text);
  checkMomentum(momentum, false);
  return momentum;
}

/** @throws UsageError, OptionError unless the text is a finite number above 0: these batches are trained on */
export function parseEps(text: string): number {
  const expected = "a finite number above 0";
  const eps = parseNumber("--eps", expected, text);
  checkTrainingEps(eps);
  if (!(eps > 0 && Number.isFinite(eps))) throw wrong("--eps", expected, text);
  return eps;
}

/** A parser of gamma or beta. It throws UsageError for what is no number, or too large for the tables. */
export function parseParameter(option: "--gamma" | "--beta"): (text: string) => number {
  const expected = `a number from -${limits.parameter} to ${limits.parameter}`;
  return (text) => {
    const value = parseNumber(option, expected, text);
    if (!(Math.abs(value) <= limits.parameter)) throw wrong(option, expected, text);
    return value;
  };
}

function parseCount(option: string, what: string, most: number, text: string): number {
  const expected = `a whole number of ${what} from 1 to ${most}`;
  const count = parseNumber(option, expected, text);
  if (!Number.isInteger(count) || count < 1 || count > most) throw wrong(option, expected, text);
  return count;
}

function parseNumber(option: string, expected: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw wrong(option, expected, text);
  return value;
}

function wrong(option: string, expected: string, text: string): UsageError {
  return new UsageError(`${option} must be ${expected}, got ${JSON.stringify(text)}`);
}
