import { Channel, channel, job } from "../job";
import { sumMomentsWide } from "../wide/moments";

/** A channel is summed again, about its mean, where more than 20 of float64's 53 bits would be lost. */
const cancellation: f64 = 1048576;

/** The moments of a channel from its sums: mean = k + sum d / n, M2 = sum d^2 - (sum d)^2 / n, with d = x - k and k 0. */
export function finishMoments(c: i32): void {
  const coefficients = channel(c);
  const n = <f64>job.outer * <f64>job.inner;
  const mean = coefficients.first / n;
  if (coefficients.second > cancellation * (coefficients.second - coefficients.first * mean) && isFinite(mean)) {
    sumMomentsWide(c, coefficients, mean);
    write(c, coefficients, n, mean);
  } else {
    write(c, coefficients, n, 0);
  }
}

function write(c: i32, coefficients: Channel, n: f64, k: f64): void {
  const d = coefficients.first / n;
  const mean = k + d;
  const added = mean - k;
  const low = k - (mean - added) + (d - added);
  const m2 = coefficients.second - coefficients.first * d;
  const p = job.moments + ((<usize>c) << 3);
  const stride = (<usize>job.channels) << 3;
  store<f64>(p, mean);
  store<f64>(p + stride, isFinite(low) ? low : 0);
  store<f64>(p + 2 * stride, m2 < 0 ? 0 : m2);
}
