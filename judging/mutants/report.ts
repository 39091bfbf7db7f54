import type { RequirementName } from "@batchnorm/conformance";

/** Which checks a worker asks. */
export interface Asked {
  /** the requirement of the mutant, whose checks are all asked */
  readonly requirement: RequirementName | null;
  /** how many of each other requirement are asked too, none of them large; Infinity: all, large ones as well */
  readonly others: number;
  /** the cpu backend's own, or those for anyone's */
  readonly bounds: "cpu" | "goals";
}

export interface Failure {
  readonly requirement: RequirementName;
  readonly check: string;
  readonly message: string;
}

/** What came of the suite. */
export interface Report {
  passed: number;
  /** checks that rest on a failed requirement */
  notJudged: number;
  readonly failures: Failure[];
}
