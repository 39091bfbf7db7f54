/** What a backend calls. Each takes addresses of float32 and float64 values; 0 stands for none. */
import { job } from "./job";
import { Phase } from "./phases";
import { channelsOfTask, place } from "./plan";
import { runPhase } from "./team";

export { plan } from "./plan";
export { axpy, moveStatistics } from "./states";
export { allowSleep, end, help } from "./team";

/** What every operation is given, after plan(): working memory of so many bytes, whether to share the work. */
export function prepare(memory: usize, share: bool, x: usize, eps: f64, relu: bool, weight: usize, bias: usize): void {
  place(memory);
  if (!share) job.parallel = 0;
  job.x = x;
  job.eps = eps;
  job.relu = relu;
  job.weight = weight;
  job.bias = bias;
  job.dy = 0;
  job.out = 0;
  job.mean = 0;
  job.variance = 0;
  job.dweight = 0;
  job.dbias = 0;
  job.moments = 0;
  job.sums = 0;
  job.sumsAreGiven = 0;
  job.hasFar = 0;
  job.hasWide = 0;
}

/** Moments of x, and y where it is asked for. */
export function train(moments: usize, out: usize): bool {
  job.moments = moments;
  job.count = <f64>job.outer * <f64>job.inner;
  job.out = out;
  if (out && !job.isColumns && job.chunks == 1) return runPhase(Phase.TrainBlock, job.blocks);
  const isSummed = job.isColumns
    ? runPhase(Phase.MomentsOfColumns, job.chunks * job.panels)
    : runPhase(Phase.MomentsOfRuns, job.blocks * job.chunks);
  return isSummed && runPhase(Phase.FinishMoments, tasksOfChannels()) && (!out || apply());
}

/** y by given moments of `count` values, or by given statistics. */
export function normalize(moments: usize, count: f64, mean: usize, variance: usize, out: usize): bool {
  job.moments = moments;
  job.count = count;
  job.mean = mean;
  job.variance = variance;
  job.out = out;
  job.sumsAreGiven = 0;
  return runPhase(Phase.Prepare, tasksOfChannels()) && apply();
}

function apply(): bool {
  if (!job.isColumns) return runPhase(Phase.NormalizeRuns, job.pieceTasks);
  return runPhase(Phase.NormalizeColumns, job.chunks * job.panels);
}

/**
 * Gradients: dx where `out` is given, those of the parameters where they are. Behind moments, `sums` are written, or read
 * where they are given; behind statistics there may be none.
 */
export function backward(
  dy: usize,
  moments: usize,
  count: f64,
  mean: usize,
  variance: usize,
  sums: usize,
  sumsAreGiven: bool,
  out: usize,
  dweight: usize,
  dbias: usize,
): bool {
  job.dy = dy;
  job.moments = moments;
  job.count = count;
  job.mean = mean;
  job.variance = variance;
  job.sums = sums;
  job.sumsAreGiven = sumsAreGiven;
  job.out = out;
  job.dweight = dweight;
  job.dbias = dbias;
  if (!sumsAreGiven && out && !job.isColumns && job.chunks == 1) return runPhase(Phase.BackwardBlock, job.blocks);
  if (!runPhase(Phase.Prepare, tasksOfChannels())) return false;
  if (!sumsAreGiven) {
    const isSummed = job.isColumns
      ? runPhase(Phase.GradientSumsOfColumns, job.chunks * job.panels)
      : runPhase(Phase.GradientSumsOfRuns, job.blocks * job.chunks);
    if (!isSummed || !runPhase(Phase.FinishGradients, tasksOfChannels())) return false;
  }
  if (!out) return true;
  if (!job.isColumns) return runPhase(Phase.GradientOfRuns, job.pieceTasks);
  if (!runPhase(Phase.GradientOfColumns, job.chunks * job.panels)) return false;
  return !job.hasWide || runPhase(Phase.WideColumns, tasksOfChannels());
}

function tasksOfChannels(): i32 {
  return (job.channels - 1) / channelsOfTask + 1;
}
