import { Channel, channel, job } from "../job";
import { sumMomentsWide } from "../wide/moments";

/** A channel is summed again, about its mean, where more than 20 of float64's 53 bits would be lost. */
const cancellation: f64 = 1048576;

/** The moments of a channel from its sums: mean = k + sum d / n, M2 = sum d^2 - (sum d)^2 / n, with d = x - k and k 0. */
export function finishMoments(c: i32): void {
  const by = channel(c);
  const n = <f64>job.outer * <f64>job.inner;
  const mean = by.first / n;
  if (by.second > cancellation * (by.second - by.first * mean) && isFinite(mean)) {
    sumMomentsWide(c, by, mean);
    write(c, by, n, mean);
  } else {
    write(c, by, n, 0);
  }
}

function write(c: i32, by: Channel, n: f64, k: f64): void {
  const d = by.first / n;
  const mean = k + d;
  const added = mean - k;
  const low = k - (mean - added) + (d - added);
  const m2 = by.second - by.first * d;
  const p = job.moments + ((<usize>c) << 3);
  const apart = (<usize>job.channels) << 3;
  store<f64>(p, mean);
  store<f64>(p + apart, isFinite(low) ? low : 0);
  store<f64>(p + 2 * apart, m2 < 0 ? 0 : m2);
}
