import type { SentenceName } from "@batchnorm/conformance";

/** Which checks a worker asks. */
export interface Asked {
  /** the sentence of the mutant, whose checks are all asked */
  readonly sentence: SentenceName | null;
  /** how many of each other sentence are asked too, none of them large; Infinity: all, large ones as well */
  readonly others: number;
  /** the cpu backend's own, or those for anyone's */
  readonly bounds: "cpu" | "goals";
}

export interface Failure {
  readonly sentence: SentenceName;
  readonly check: string;
  readonly message: string;
}

/** What came of the suite. */
export interface Report {
  passed: number;
  /** checks that rest on a broken sentence */
  notJudged: number;
  readonly failures: Failure[];
}
