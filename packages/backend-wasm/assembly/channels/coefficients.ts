import { channel, job } from "../job";
import { expandCoefficients } from "./expand";

/** In deviations from zero: beyond it a mean is subtracted from x before anything is multiplied. */
const distance: f64 = 1024;
/** Coefficients between these leave float32 room for every product with a float32 value. */
const large: f64 = 1.2676506002282294e30; // 2^100
const small: f64 = 7.888609052210118e-31; // 2^-100

/**
 * z = (x - mean) scale + shift, with scale = gamma / sqrt(variance + eps) and shift = beta - meanLow scale.
 */
export function prepareChannel(c: i32): void {
  const by = channel(c);
  const at = (<usize>c) << 2;
  let variance: f64;
  if (job.moments) {
    const p = job.moments + ((<usize>c) << 3);
    const apart = (<usize>job.channels) << 3;
    by.mean = load<f64>(p);
    by.meanLow = load<f64>(p + apart);
    // an empty batch deviates by nothing: its parameter gradients are zeros, not NaN
    variance = load<f64>(p + 2 * apart) / (job.count == 0 ? 1 : job.count);
  } else {
    by.mean = load<f32>(job.mean + at);
    by.meanLow = 0;
    variance = load<f32>(job.variance + at);
  }
  const gamma: f64 = job.weight ? load<f32>(job.weight + at) : 1;
  const beta: f64 = job.bias ? load<f32>(job.bias + at) : 0;
  const std = sqrt(variance + job.eps);
  by.invStd = 1 / std;
  by.scale = gamma / std;
  by.shift = beta - by.meanLow * by.scale;
  by.directShift = beta - (by.mean + by.meanLow) * by.scale;
  const deviation = sqrt(variance);
  by.isFar = i32(!(abs(by.mean) <= distance * deviation));
  if (by.isFar) job.hasFar = 1;
  if (job.isColumns) expandCoefficients(c, by);
  if (!job.dy) return;
  by.mean32 = coarse(by.mean, deviation);
  by.scale32 = <f32>by.scale;
  by.slope = 0;
  by.offset = 0;
  by.slope32 = 0;
  by.offset32 = 0;
  by.isWide = i32(!(abs(by.mean) < large && fits(by.scale)));
}

/**
 * dx = scale dz + slope (x - mean) + offset:
 *
 *     slope = -scale invStd^2 P / M        offset = -scale dbeta / M - meanLow slope
 *
 * with P = sum dz (x - mean) and dbeta = sum dz.
 */
export function prepareTerms(c: i32): void {
  const by = channel(c);
  const p = job.sums + ((<usize>c) << 3);
  const apart = (<usize>job.channels) << 3;
  const dz = load<f64>(p);
  const count = job.count == 0 ? 1 : job.count;
  const constant = -(by.scale * dz) / count;
  by.slope = -(by.scale * (load<f64>(p + apart) * by.invStd) * by.invStd) / count;
  by.offset = constant - by.meanLow * by.slope;
  by.slope32 = <f32>by.slope;
  by.offset32 = <f32>(constant - (by.mean - <f64>by.mean32 + by.meanLow) * by.slope);
  const furthest = sqrt(load<f64>(job.moments + ((<usize>c) << 3) + 2 * apart));
  if (!(fits(by.slope) && abs(by.offset) < large && abs(by.slope) * furthest < large)) by.isWide = 1;
}

/**
 * The mean, to 2^-11 of a deviation: from what has so few digits most values of a channel differ by a float32, so that
 * subtracting rounds nothing.
 */
function coarse(mean: f64, deviation: f64): f32 {
  const exponent = (reinterpret<i64>(deviation) >> 52) - 10;
  if (exponent < 1 || exponent > 1900) return <f32>mean;
  const grid = 1.5 * 4503599627370496.0 * reinterpret<f64>(exponent << 52);
  return <f32>(mean + grid - grid);
}

function fits(value: f64): bool {
  return value == 0 || (abs(value) < large && abs(value) > small);
}
