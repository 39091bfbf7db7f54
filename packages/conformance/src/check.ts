import { type Backend, BatchNormError, type DType, type Tensor } from "@batchnorm/core";
import { describe } from "@batchnorm/core/checks";
import type { Bounds } from "./judging/bounds.js";
import type { Observation } from "./judging/observation.js";
import { ownFrameOf } from "./own-frame.js";
import { type RequirementName, requirements } from "./requirements.js";

/** What is judged. */
export interface Subject<T extends Tensor = Tensor> {
  readonly backend: Backend<T>;
  /** the largest errors that are still right; null: only measure */
  readonly bounds: Bounds | null;
  /** told of everything that is compared, right or wrong */
  readonly observe: (observation: Observation) => void;
}

/** One question to a backend, filed under the requirement that it decides. */
export interface Check {
  readonly requirement: RequirementName;
  /** unique under its requirement and type */
  readonly name: string;
  /** the type it computes in; asked only of backends that do */
  readonly dtype: DType;
  /** whether it takes much time or memory */
  readonly large: boolean;
  /** Rejects, with `Nonconformance` or what the backend threw, where the answer is wrong. */
  run<T extends Tensor>(subject: Subject<T>): Promise<void>;
}

/** Thrown by a check whose answer is wrong: what came and what was expected. Its cause is what was thrown on the way. */
export class Nonconformance extends Error {
  override readonly name = "Nonconformance";
}

/** @throws Nonconformance unless `right` */
export function expectThat(right: boolean, wrong: string | (() => string), options?: ErrorOptions): asserts right {
  if (!right) throw new Nonconformance(typeof wrong === "string" ? wrong : wrong(), options);
}

/** What was thrown by something else than a check: by the backend, or by what it was given to. Undefined where nothing was. */
export function thrownBehind(error: unknown): unknown {
  return error instanceof Nonconformance ? thrownBehind(error.cause) : error;
}

/** An error as people read it: `RangeError: Invalid array length`. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
}

/**
 * What a backend's author reads: the requirement, what is wrong, a hint where to look. Where their own code threw, a frame
 * of its stack stands in place of the hint.
 */
export function explainFailure(check: Pick<Check, "requirement" | "name" | "dtype">, error: unknown): string {
  const { text, hint } = requirements[check.requirement];
  const thrown = thrownBehind(error);
  const frame = thrown instanceof Error ? ownFrameOf(thrown.stack) : null;
  const isMeant = error instanceof Nonconformance || error instanceof BatchNormError;
  return [
    `${text} [${check.requirement}]`,
    `${check.name}, ${check.dtype}: ${error instanceof Nonconformance ? error.message : `it threw ${describeError(error)}`}`,
    ...(frame === null ? [] : [frame]),
    ...(isMeant || frame === null ? [`hint: ${hint}`] : []),
  ].join("\n  ");
}
