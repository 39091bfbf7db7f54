import type { Check } from "../../check.js";
import { affineChecks, reluChecks } from "./affine.js";
import { axpyChecks } from "./axpy.js";
import { epsZeroChecks, oneValueChecks } from "./batch-refusals.js";
import { batchStatisticsChecks } from "./batch-statistics.js";
import { descentChecks } from "./descent.js";
import { emptyBatchChecks } from "./empty-batch.js";
import { errorChecks } from "./errors.js";
import { functionChecks } from "./function.js";
import { inputGradientChecks, modeAtForwardChecks, parameterGradientChecks, reluGradientChecks } from "./gradients.js";
import { importChecks } from "./imports.js";
import { layoutChecks, layoutGradientsChecks } from "./layout.js";
import { freezeChecks, inferenceChecks, noTrackingChecks } from "./modes.js";
import {
  dividedByZeroChecks,
  strangeGradientChecks,
  strangeReluChecks,
  strangeReluGradientChecks,
} from "./not-finite.js";
import { optionsChecks } from "./options.js";
import { counterChecks, runningChecks } from "./running.js";
import { shapesChecks } from "./shapes.js";
import { resetChecks, stateDictChecks, stateDictFaultChecks } from "./state-dict.js";
import { tensorChecks } from "./tensors.js";

/** The checks of the requirements on semantics, save `every-element`. */
export function semanticsChecks(): readonly Check[] {
  return [
    ...tensorChecks,
    ...stateDictChecks,
    ...stateDictFaultChecks,
    ...batchStatisticsChecks,
    ...affineChecks,
    ...reluChecks,
    ...strangeReluChecks,
    ...layoutChecks,
    ...runningChecks,
    ...inferenceChecks,
    ...counterChecks,
    ...freezeChecks,
    ...noTrackingChecks,
    ...epsZeroChecks,
    ...dividedByZeroChecks,
    ...oneValueChecks,
    ...parameterGradientChecks,
    ...inputGradientChecks,
    ...strangeGradientChecks,
    ...layoutGradientsChecks,
    ...modeAtForwardChecks,
    ...reluGradientChecks,
    ...strangeReluGradientChecks,
    ...descentChecks,
    ...axpyChecks,
    ...emptyBatchChecks,
    ...resetChecks,
    ...functionChecks,
    ...shapesChecks,
    ...optionsChecks,
    ...errorChecks,
    ...importChecks,
  ];
}
