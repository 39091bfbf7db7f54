export type { Agreement, ResultError } from "./agreement.js";
export { benchmark, type Measurement, type Timing } from "./benchmark.js";
export { caseId, type Dimensions, dimensionsOf, type IdentifiedCase } from "./cases/id.js";
export { type CaseChoice, caseNamed } from "./cases/named.js";
export { type BenchmarkCase, benchmarkCaseSchema, benchmarkCases, shapeOf } from "./cases/schema.js";
export { allCases, casesOfSet, type NetworkSet, networkSets, setNames } from "./cases/sets.js";
export { type BackendContestantOptions, backendContestant } from "./contestants/backend.js";
export {
  type ComparedResult,
  type Contestant,
  type FirstRun,
  type Prepared,
  type Results,
  Unsupported,
} from "./contestants/contestant.js";
export { tfjsCpuContestant } from "./contestants/tfjs-cpu.js";
export { BenchmarkError, type BenchmarkErrorCode, CaseNameError, DocumentError, TablesError } from "./errors.js";
export { formatRatio, formatTime } from "./format.js";
export { quickBudget, type TimeBudget, usualBudget } from "./measuring/measure.js";
export { operationNames, type TimedOperation, type TimedTask, timedOperations } from "./operations.js";
export { geometricMean, type Spread, spreadOf } from "./statistics.js";
export { trafficNotes } from "./traffic.js";
