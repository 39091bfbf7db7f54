export type { Agreement, ResultError } from "./agreement.js";
export { benchmark, type Measurement, type Timing } from "./benchmark.js";
export { caseId, type Dimensions, dimensionsOf, type IdentifiedCase } from "./cases/id.js";
export { type CaseChoice, caseNamed, casesNamed } from "./cases/named.js";
export { type BenchmarkCase, benchmarkCaseSchema, benchmarkCases, shapeOf } from "./cases/schema.js";
export { allCases, casesOfSet, type NetworkSet, networkSets, setNames } from "./cases/sets.js";
export { type BackendContestantOptions, backendContestant, limitOf } from "./contestants/backend.js";
export {
  type ComparedResult,
  type Contestant,
  type FirstRun,
  type Prepared,
  type Results,
  Unsupported,
} from "./contestants/contestant.js";
export { knownContestants } from "./contestants/known.js";
export type { KnownContestant } from "./contestants/known-contestant.js";
export { type ContestantChoice, type OpenContestants, openContestants } from "./contestants/open.js";
export { stockTfjs } from "./contestants/stock-tfjs.js";
export {
  openTfjsBackend,
  type TfjsBackendOnEngine,
  tfjsBackends,
  useTfjsBackend,
} from "./contestants/tfjs-backends.js";
export { type TfjsEngine, tfjsEngines } from "./contestants/tfjs-engines.js";
export { type DocumentForm, documentToJson, parseDocument } from "./documents.js";
export { BenchmarkError, type BenchmarkErrorCode } from "./errors.js";
export { changed, formatBytes, formatRatio, formatShare, formatSpeed, formatTime } from "./format.js";
export { thisMachine } from "./machine.js";
export { quickBudget, type TimeBudget, usualBudget } from "./measuring/measure.js";
export {
  operationNames,
  outputKinds,
  type TimedOperation,
  type TimedTask,
  taskName,
  timedOperations,
} from "./operations.js";
export {
  type CellComparison,
  type ComparedTask,
  type ComparisonOptions,
  compareResults,
  type LoneCell,
  type ResultComparison,
} from "./results/compare.js";
export { type Crossing, crossingsOf, type PairCrossings, type ScalingTask } from "./results/crossings.js";
export {
  type CellFigures,
  copySpeed,
  fastestBackend,
  figuresOf,
  medianOf,
  ratioOf,
  rooflineOf,
  type Steadiness,
  steadinessOf,
  whyNotTimed,
} from "./results/derive.js";
export { groupKey } from "./results/group-key.js";
export { type NetworkCost, type NetworkTask, networkCosts } from "./results/network.js";
export { parseResult, readResult } from "./results/read.js";
export {
  type BenchmarkResult,
  machineSchema,
  type ResultCell,
  type ResultContestant,
  type ResultCopy,
  type ResultGroup,
  resultSchema,
  type TimedCell,
} from "./results/schema.js";
export { type OutdatedDocument, outdatedDocuments } from "./results/tables/documents.js";
export { resultToJson, writeResult } from "./results/write.js";
export { takeLock } from "./running/lock.js";
export type { PlannedGroup } from "./running/plan.js";
export { fullProfile, groupsOf, type Profile, profiles, quickProfile } from "./running/profile.js";
export type { Progress } from "./running/run.js";
export {
  benchmarkSession,
  type FirstRunProgress,
  journalPath,
  type SessionOptions,
  type SessionResult,
} from "./running/session.js";
export { geometricMean, type Spread, spreadOf } from "./statistics.js";
export { trafficNotes } from "./traffic.js";
