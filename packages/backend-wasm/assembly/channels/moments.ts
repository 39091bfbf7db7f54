import { Channel, channel, job } from "../job";
import { sumMomentsWide } from "../wide/moments";

/** A channel is summed again, in float64, where the mean is further from k than a deviation. */
const cancellation = 2;
/** The same in float64, about the mean itself: where more than 20 of its 53 bits would be lost. */
const wideCancellation: f64 = 1048576;
/** Below this float32 has no room for the squares. */
const leastVariance: f64 = 1.262177448e-29; // 2^-96
const largestSquares: f64 = 1e38;

/** The moments of a channel from its sums: mean = k + sum d / n, M2 = sum d^2 - (sum d)^2 / n. */
export function finishMoments(c: i32): void {
  const by = channel(c);
  const n = <f64>job.outer * <f64>job.inner;
  const squares = by.second;
  const m2 = squares - by.first * (by.first / n);
  if (squares < largestSquares && squares < cancellation * m2 && m2 > n * leastVariance) write(c, by, n, by.k);
  else sumAgain(c, by, n);
}

function sumAgain(c: i32, by: Channel, n: f64): void {
  let k = <f64>by.k;
  sumMomentsWide(c, by, k);
  const mean = k + by.first / n;
  const m2 = by.second - by.first * (by.first / n);
  if (isFinite(mean) && by.second > wideCancellation * m2) {
    k = mean;
    sumMomentsWide(c, by, k);
  }
  write(c, by, n, k);
}

function write(c: i32, by: Channel, n: f64, k: f64): void {
  const d = by.first / n;
  const mean = k + d;
  const added = mean - k;
  const low = k - (mean - added) + (d - added);
  // squares beyond float64 leave an infinite variance, not the NaN of Infinity - Infinity
  const m2 = by.second == Infinity && isFinite(mean) ? Infinity : by.second - by.first * d;
  const p = job.moments + (<usize>c << 3);
  const apart = <usize>job.channels << 3;
  store<f64>(p, mean);
  store<f64>(p + apart, isFinite(low) ? low : 0);
  store<f64>(p + 2 * apart, m2 < 0 ? 0 : m2);
}
