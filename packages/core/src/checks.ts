/** What backends and layers ask of what they are given, and how they say what is wrong with it. */
export { conversionHint, copyFloats, dtypeFor, dtypes, floatArray } from "./dtype.js";
export { awaitHint, describe, describeShape } from "./errors.js";
export {
  checkActivation,
  checkEps,
  checkFlag,
  checkLayout,
  checkMomentum,
  checkOptionNames,
  checkThreads,
  checkTrainingEps,
  mostThreads,
} from "./options.js";
export * from "./tensor-checks.js";
export { checkOnePerChannel, checkShape, layouts, sameShape } from "./view.js";
