import type { Backend, DType, Tensor } from "@batchnorm/core";
import type { Bounds } from "./judging/bounds.js";
import type { Observation } from "./judging/observation.js";
import { type SentenceName, sentences } from "./sentences.js";

/** What is judged. */
export interface Subject<T extends Tensor = Tensor> {
  readonly backend: Backend<T>;
  /** the largest errors that are still right; null: only measure */
  readonly bounds: Bounds | null;
  /** told of everything that is compared, right or wrong */
  readonly observe: (observation: Observation) => void;
}

/** One question to a backend, filed under the sentence that it decides. */
export interface Check {
  readonly sentence: SentenceName;
  /** unique under its sentence and type */
  readonly name: string;
  /** the type it computes in; asked only of backends that do */
  readonly dtype: DType;
  /** whether it is dear, in time or in memory: such are left out of a quick look */
  readonly large: boolean;
  /** Rejects, with `Nonconformance` or what the backend threw, where the answer is wrong. */
  run<T extends Tensor>(subject: Subject<T>): Promise<void>;
}

/** Thrown by a check whose answer is wrong: what came and what was expected. */
export class Nonconformance extends Error {
  override readonly name = "Nonconformance";
}

/** @throws Nonconformance unless `right` */
export function expectThat(right: boolean, wrong: string | (() => string)): asserts right {
  if (!right) throw new Nonconformance(typeof wrong === "string" ? wrong : wrong());
}

/** What its author reads: the sentence, what is wrong, where to look. */
export function explainFailure(check: Pick<Check, "sentence" | "name" | "dtype">, error: unknown): string {
  const { text, look } = sentences[check.sentence];
  const what = error instanceof Error ? error.message : String(error);
  const thrown =
    error instanceof Nonconformance || !(error instanceof Error) ? what : `it threw ${error.name}: ${what}`;
  return `${text} [${check.sentence}]\n  ${check.name}, ${check.dtype}: ${thrown}\n  look at ${look}`;
}
