export { boundsOf, goals, goalsOf, judgedBackends, unsupportedOf } from "./bounds.js";
export { type Check, explainFailure, Nonconformance, type Subject } from "./check.js";
export { caseChecks } from "./checks/case-check.js";
export { allChecks } from "./checks/index.js";
export {
  type Against,
  type Bounds,
  type BoundsRow,
  boundOf,
  type Judged,
  judgedOperations,
  type Operation,
  operations,
} from "./judging/bounds.js";
export type {
  Case,
  CaseOptions,
  ExpectedPass,
  ExpectedState,
  Mode,
  Pass,
  Step,
} from "./judging/case.js";
export { type DataClass, dataClasses } from "./judging/data-class.js";
export type { Exact } from "./judging/exact.js";
export { type Observation, observe } from "./judging/observation.js";
export {
  type BackwardReference,
  backwardReference,
  type ForwardReference,
  type FullOptions,
  forwardReference,
  type ReferencePass,
  referencePass,
} from "./judging/reference.js";
export { fullOptions, layerOf, runCase } from "./judging/run-case.js";
export { expectWithinBounds } from "./judging/within-bounds.js";
export { type Goals, Measured } from "./measured.js";
export { type PyTorchCase, type PyTorchFile, pytorchCases } from "./published/pytorch.js";
export { type Requirement, type RequirementName, requirementNames, requirements } from "./requirements.js";
export { checksFor, Examination, examine, type SuiteOptions, type Unsupported, type Verdict } from "./suite.js";
export { summaryOf } from "./summary.js";
