import type { Check } from "../../check.js";
import { channelsApartChecks } from "./channels-apart.js";
import { constantChannelChecks } from "./constant.js";
import { everyElementChecks } from "./every-element.js";
import { hugeAndTinyChecks } from "./extremes.js";
import { float64SumsChecks } from "./float64-sums.js";
import { longChannelChecks } from "./long-channel.js";
import { mergedGradientSumsChecks, mergedMomentsChecks } from "./merged.js";
import { meanInTwoPartsChecks, shiftedVarianceChecks } from "./offsets.js";
import { badlyChosenShiftChecks } from "./outliers.js";
import { parameterChecks } from "./parameters.js";
import { piecesChecks } from "./pieces.js";
import { sameBitsChecks } from "./same-bits.js";
import { typesApartChecks } from "./types-apart.js";

/** The checks of the requirements on numerics, and of `every-element`. */
export function numericsChecks(): readonly Check[] {
  return [
    ...everyElementChecks,
    ...float64SumsChecks,
    ...parameterChecks,
    ...shiftedVarianceChecks,
    ...meanInTwoPartsChecks,
    ...badlyChosenShiftChecks,
    ...constantChannelChecks,
    ...hugeAndTinyChecks,
    ...sameBitsChecks,
    ...channelsApartChecks,
    ...longChannelChecks,
    ...piecesChecks,
    ...mergedMomentsChecks,
    ...mergedGradientSumsChecks,
    ...typesApartChecks,
  ];
}
