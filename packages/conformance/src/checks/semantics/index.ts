import type { Check } from "../../check.js";
import * as affine from "./affine.js";
import * as axpy from "./axpy.js";
import * as batchRefusals from "./batch-refusals.js";
import * as batchStatistics from "./batch-statistics.js";
import * as descent from "./descent.js";
import * as emptyBatch from "./empty-batch.js";
import * as errors from "./errors.js";
import * as functional from "./function.js";
import * as gradients from "./gradients.js";
import * as imports from "./imports.js";
import * as layout from "./layout.js";
import * as modes from "./modes.js";
import * as notFinite from "./not-finite.js";
import * as options from "./options.js";
import * as running from "./running.js";
import * as shapes from "./shapes.js";
import * as stateDict from "./state-dict.js";
import * as tensors from "./tensors.js";

/** Each has lists of checks; where several decide one requirement, its simplest checks come first. */
const modules = [
  ...[tensors, stateDict, batchStatistics, affine, layout, running, modes, batchRefusals, gradients],
  ...[notFinite, descent, axpy, emptyBatch, functional, shapes, options, errors, imports],
];

/** The checks of the requirements on semantics, save `every-element`. */
export function semanticsChecks(): readonly Check[] {
  return modules.flatMap((lists) => Object.values<readonly Check[]>(lists).flat());
}
