/** The parts of operations. All tasks of a phase are done, by whichever thread, before the next phase begins. */
import { finishGradientsOf, finishMomentsOf, prepareChannels, writeWideChannels } from "./tasks/channels";
import { gradientInColumns, normalizeRowsOfColumns, sumGradientsInColumns, sumMomentsInColumns } from "./tasks/columns";
import {
  backwardBlock,
  gradientPieces,
  normalizePieces,
  sumGradientsOfBlock,
  sumMomentsOfBlock,
  trainBlock,
} from "./tasks/runs";

export const enum Phase {
  /** forward on the batch's own statistics, a block of channels from sums to y while it is in the cache */
  TrainBlock,
  /** the same backward */
  BackwardBlock,
  /** sums of a chunk of a block, a chunk of rows */
  MomentsOfRuns,
  MomentsOfColumns,
  GradientSumsOfRuns,
  GradientSumsOfColumns,
  /** from sums to moments or gradient sums by channel, and what follows from them */
  FinishMoments,
  FinishGradients,
  /** coefficients from moments or statistics that are given */
  Prepare,
  NormalizeRuns,
  NormalizeColumns,
  GradientOfRuns,
  GradientOfColumns,
  /** channels that float32 has too narrow a range for, where they lie in columns */
  WideColumns,
}

export function runTask(phase: i32, index: i32): void {
  switch (phase) {
    case Phase.TrainBlock:
      return trainBlock(index);
    case Phase.BackwardBlock:
      return backwardBlock(index);
    case Phase.MomentsOfRuns:
      return sumMomentsOfBlock(index);
    case Phase.MomentsOfColumns:
      return sumMomentsInColumns(index);
    case Phase.GradientSumsOfRuns:
      return sumGradientsOfBlock(index);
    case Phase.GradientSumsOfColumns:
      return sumGradientsInColumns(index);
    case Phase.FinishMoments:
      return finishMomentsOf(index);
    case Phase.FinishGradients:
      return finishGradientsOf(index);
    case Phase.Prepare:
      return prepareChannels(index);
    case Phase.NormalizeRuns:
      return normalizePieces(index);
    case Phase.NormalizeColumns:
      return normalizeRowsOfColumns(index);
    case Phase.GradientOfRuns:
      return gradientPieces(index);
    case Phase.GradientOfColumns:
      return gradientInColumns(index);
    case Phase.WideColumns:
      return writeWideChannels(index);
  }
}
