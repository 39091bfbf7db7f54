import { prepareChannel } from "../channels/coefficients";
import {
  finishGradientSums,
  prepareInputGradient,
  writeParameterGradients,
  writeWideColumns,
} from "../channels/gradients";
import { finishMoments } from "../channels/moments";
import { reduceChannels } from "../channels/reduce";
import { job } from "../job";
import { channelsOfTask } from "../plan";

// @ts-ignore: decorator
@inline
function firstOf(task: i32): i32 {
  return task * channelsOfTask;
}

// @ts-ignore: decorator
@inline
function endOf(task: i32): i32 {
  return min(job.channels, (task + 1) * channelsOfTask);
}

/** From sums to moments; where y is asked for, to its coefficients. */
export function finishMomentsOf(task: i32): void {
  const end = endOf(task);
  reduceChannels(firstOf(task), end);
  for (let c = firstOf(task); c < end; c++) {
    finishMoments(c);
    if (job.out) prepareChannel(c);
  }
}

/** From sums to gradients by channel; where dx is asked for, to its coefficients. */
export function finishGradientsOf(task: i32): void {
  const end = endOf(task);
  reduceChannels(firstOf(task), end);
  for (let c = firstOf(task); c < end; c++) {
    finishGradientSums(c);
    writeParameterGradients(c);
    if (job.out) prepareInputGradient(c);
  }
}

/** Coefficients from what is given: for y, for dx where no sums are to be made before it, for such sums. */
export function prepareChannels(task: i32): void {
  const end = endOf(task);
  for (let c = firstOf(task); c < end; c++) {
    prepareChannel(c);
    if (!job.sumsAreGiven) continue;
    if (job.sums) writeParameterGradients(c);
    if (job.out) prepareInputGradient(c);
  }
}

export function writeWideChannels(task: i32): void {
  const end = endOf(task);
  for (let c = firstOf(task); c < end; c++) {
    writeWideColumns(c);
  }
}
