import { describe, OptionError } from "./errors.js";
import { type Layout, layouts } from "./view.js";

/** epsilon: added to the variance under the root. */
export const defaultEps = 1e-5;

/** The weight of the new value in the running statistics. */
export const defaultMomentum = 0.1;

/** What may follow scale and shift in the same pass. */
export type Activation = "relu" | null;

/** @throws OptionError unless eps is a finite number of at least 0 */
export function checkEps(eps: number): void {
  if (typeof eps !== "number" || !(eps >= 0 && eps < Infinity)) {
    throw new OptionError(`eps must be a finite number >= 0 (usually ${defaultEps}), got ${describe(eps)}`);
  }
}

/** @throws OptionError where eps is 0 though batch statistics are used: a constant channel would divide by zero */
export function checkTrainingEps(eps: number): void {
  if (eps === 0) {
    throw new OptionError(
      `batch_norm eps must be positive during training, but got 0: a channel of equal values has no deviation to divide by; use eps > 0 wherever batch statistics are used (usually ${defaultEps})`,
    );
  }
}

/** @throws OptionError unless momentum is a number from 0 to 1, or null where that is allowed */
export function checkMomentum(momentum: number | null, nullable: boolean): void {
  if (nullable && momentum === null) return;
  if (typeof momentum !== "number" || !(momentum >= 0 && momentum <= 1)) {
    const alternative = nullable ? ", or null for the cumulative average" : "";
    throw new OptionError(
      `momentum must be a number from 0 to 1 (the weight of the new value; Keras and TensorFlow mean 1 - momentum)${alternative}, got ${describe(momentum)}`,
    );
  }
}

/** @throws OptionError unless value is true or false */
export function checkFlag(name: string, value: boolean): void {
  if (typeof value !== "boolean") throw new OptionError(`${name} must be true or false, got ${describe(value)}`);
}

/** More threads than any machine has use for are a mistake. */
export const mostThreads = 256;

/** @throws OptionError unless it is an integer from 1 to 256, or left out */
export function checkThreads(threads: number | undefined): void {
  if (threads === undefined || (Number.isInteger(threads) && threads >= 1 && threads <= mostThreads)) return;
  throw new OptionError(
    `threads must be an integer from 1 to ${mostThreads}, got ${describe(threads)}; leave it out for one per processor`,
  );
}

/** @throws OptionError unless layout is one of the two */
export function checkLayout(layout: Layout): void {
  if (!layouts.includes(layout)) {
    throw new OptionError(`layout must be "channels-first" or "channels-last", got ${describe(layout)}`);
  }
}

/** @throws OptionError unless activation is "relu" or null */
export function checkActivation(activation: Activation): void {
  if (activation !== null && activation !== "relu") {
    throw new OptionError(`activation must be "relu" or null, got ${describe(activation)}`);
  }
}

/**
 * @throws OptionError for an option that does not exist, naming those that do: a misspelt one would do nothing
 */
export function checkOptionNames(options: object, known: readonly string[], where: string): void {
  if (typeof options !== "object" || options === null) {
    throw new OptionError(`the options of ${where} must be an object, got ${describe(options)}`);
  }
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new OptionError(`${where} has no option ${unknown.join(", ")}; its options are ${known.join(", ")}`);
  }
}
