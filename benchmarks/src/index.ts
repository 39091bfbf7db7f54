export { caseId } from "./cases/id.js";
export { casesNamed } from "./cases/named.js";
export { type BenchmarkCase, benchmarkCaseSchema, benchmarkCases, shapeOf } from "./cases/schema.js";
export { type DocumentForm, documentToJson, parseDocument } from "./documents.js";
export { BenchmarkError } from "./errors.js";
export { formatRatio, formatShare, formatSpeed, formatTime } from "./format.js";
export { backendImplementation, limitOf } from "./implementations/backend.js";
export { baselineTfjs } from "./implementations/baseline-tfjs.js";
export type { Implementation } from "./implementations/implementation.js";
export { openImplementations } from "./implementations/open.js";
export { tfjsEngines } from "./implementations/tfjs-engines.js";
export { thisMachine } from "./machine.js";
export { quickBudget, type TimeBudget, usualBudget } from "./measuring/measure.js";
export { operationNames, outputKinds, plain, type TimedOperation, taskName, timedOperations } from "./operations.js";
export { compareResults, type ResultComparison } from "./results/compare.js";
export { type CellFigures, fastestBackend, figuresOf, ratioOf, steadinessOf, whyNotTimed } from "./results/derive.js";
export { groupKey } from "./results/group-key.js";
export { parseResult, readResult } from "./results/read.js";
export {
  type BenchmarkResult,
  driftSchema,
  groupSchema,
  implementationSchema,
  machineSchema,
  type ResultCell,
  type ResultGroup,
  type ResultImplementation,
} from "./results/schema.js";
export { outdatedDocuments } from "./results/tables/documents.js";
export { resultToJson } from "./results/write.js";
export { type Progress, type RunEntry, runGroups } from "./running/groups.js";
export { takeLock } from "./running/lock.js";
export type { PlannedGroup } from "./running/plan.js";
export { fullProfile, groupsOf, type Profile, profiles, quickProfile } from "./running/profile.js";
export { benchmarkSession, journalPath } from "./running/session.js";
export { geometricMean, spreadOf } from "./statistics.js";
export { trafficNotes } from "./traffic.js";
