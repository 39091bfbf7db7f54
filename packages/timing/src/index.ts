export { agreementOf, referenceOf } from "./agreement.js";
export { caseId, dimensionsOf } from "./cases/id.js";
export { type BenchmarkCase, benchmarkCaseSchema, benchmarkCases, shapeOf, viewOf } from "./cases/schema.js";
export { type DocumentForm, documentToJson, parseDocument } from "./documents.js";
export { BenchmarkError, BusyError, DocumentError } from "./errors.js";
export { changed, formatBytes, formatRatio, formatShare, formatSpeed, formatTime } from "./format.js";
export { backendAbout, backendImplementation, limitOf, tensorsOfKernels } from "./implementations/backend.js";
export {
  type ComparedResult,
  type FirstRun,
  type Implementation,
  type ImplementationDescription,
  type Prepared,
  type Results,
  sanityLimit,
  Unsupported,
} from "./implementations/implementation.js";
export { inProcess, type Outcome, type Runner } from "./implementations/in-process.js";
export { thisMachine } from "./machine.js";
export { quickBudget, type TimeBudget, usualBudget } from "./measuring/measure.js";
export {
  operationNames,
  outputKinds,
  plain,
  type TimedOperation,
  type TimedTask,
  taskName,
  timedOperations,
} from "./operations.js";
export {
  type CellFigures,
  copyOf,
  copySpeed,
  fastestBackend,
  figuresOf,
  medianOf,
  notMeasured,
  ratioOf,
  relativeSpread,
  rooflineOf,
  steadinessOf,
  threadsOf,
  timedCell,
  whyNotTimed,
} from "./results/derive.js";
export { driftBeside } from "./results/drift-beside.js";
export { groupKey } from "./results/group-key.js";
export {
  count,
  driftSchema,
  groupSchema,
  implementationSchema,
  instant,
  type Machine,
  machineSchema,
  milliseconds,
  type ResultCell,
  type ResultCopy,
  type ResultGroup,
  type ResultImplementation,
  type TimedCell,
  text,
} from "./results/schema.js";
export { type GroupLimits, runGroup } from "./running/group.js";
export { type GroupsOptions, type Progress, type RunEntry, runGroups } from "./running/groups.js";
export { takeLock } from "./running/lock.js";
export { groupId, inOrder, type PlannedGroup } from "./running/plan.js";
export { Speeds } from "./running/speeds.js";
export { groupTitle } from "./running/title.js";
export { geometricMean, spreadOf } from "./statistics.js";
export { bytesMoved, bytesOf, trafficNotes } from "./traffic.js";
export { type Workload, workloadOf } from "./workload.js";
