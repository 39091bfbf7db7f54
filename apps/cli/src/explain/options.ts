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

/** A parser of a number. It throws UsageError for what is none, or not right. */
function parser(option: string, expected: string, isRight: (value: number) => boolean): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isNaN(value) && isRight(value)) return value;
    throw new UsageError(`${option} must be ${expected}, got ${JSON.stringify(text)}`);
  };
}

const isCount = (most: number) => (value: number) => Number.isInteger(value) && value >= 1 && value <= most;

export const parseSteps = parser(
  "--steps",
  `a whole number of training batches from 1 to ${limits.steps}`,
  isCount(limits.steps),
);

export const parseBatch = parser(
  "--batch",
  `a whole number of examples per batch from 1 to ${limits.batch}`,
  isCount(limits.batch),
);

/** It throws OptionError, as a layer does, for a number that is out of range. */
export const parseMomentum = parser("--momentum", "a number from 0 to 1", (momentum) => {
  checkMomentum(momentum, false);
  return true;
});

/** It throws OptionError, as a layer does, for an eps of 0: these batches are trained on. */
export const parseEps = parser("--eps", "a finite number above 0", (eps) => {
  checkTrainingEps(eps);
  return eps > 0 && Number.isFinite(eps);
});

/** A parser of gamma or beta: larger ones do not fit the tables. */
export function parseParameter(option: "--gamma" | "--beta"): (text: string) => number {
  const { parameter } = limits;
  return parser(option, `a number from -${parameter} to ${parameter}`, (value) => Math.abs(value) <= parameter);
}
