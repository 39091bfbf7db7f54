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
  const coefficients = channel(c);
  const at = (<usize>c) << 2;
  let variance: f64;
  if (job.moments) {
    const p = job.moments + ((<usize>c) << 3);
    const stride = (<usize>job.channels) << 3;
    coefficients.mean = load<f64>(p);
    coefficients.meanLow = load<f64>(p + stride);
    // an empty batch deviates by nothing: its parameter gradients are zeros, not NaN
    variance = load<f64>(p + 2 * stride) / (job.count == 0 ? 1 : job.count);
  } else {
    coefficients.mean = load<f32>(job.mean + at);
    coefficients.meanLow = 0;
    variance = load<f32>(job.variance + at);
  }
  const gamma: f64 = job.weight ? load<f32>(job.weight + at) : 1;
  const beta: f64 = job.bias ? load<f32>(job.bias + at) : 0;
  const std = sqrt(variance + job.eps);
  coefficients.invStd = 1 / std;
  coefficients.scale = gamma / std;
  coefficients.shift = beta - coefficients.meanLow * coefficients.scale;
  coefficients.directShift = beta - (coefficients.mean + coefficients.meanLow) * coefficients.scale;
  const deviation = sqrt(variance);
  coefficients.isFar = i32(!(abs(coefficients.mean) <= distance * deviation));
  if (coefficients.isFar) job.hasFar = 1;
  if (job.isColumns) expandCoefficients(c, coefficients);
  if (!job.dy) return;
  coefficients.mean32 = coarse(coefficients.mean, deviation);
  coefficients.scale32 = <f32>coefficients.scale;
  coefficients.slope = 0;
  coefficients.offset = 0;
  coefficients.slope32 = 0;
  coefficients.offset32 = 0;
  coefficients.isWide = i32(!(abs(coefficients.mean) < large && fits(coefficients.scale)));
}

/**
 * dx = scale dz + slope (x - mean) + offset:
 *
 *     slope = -scale invStd^2 P / M        offset = -scale dbeta / M - meanLow slope
 *
 * with P = sum dz (x - mean) and dbeta = sum dz.
 */
export function prepareTerms(c: i32): void {
  const coefficients = channel(c);
  const p = job.sums + ((<usize>c) << 3);
  const stride = (<usize>job.channels) << 3;
  const dz = load<f64>(p);
  const count = job.count == 0 ? 1 : job.count;
  const constant = -(coefficients.scale * dz) / count;
  const dgamma = load<f64>(p + stride) * coefficients.invStd;
  coefficients.slope = -(coefficients.scale * dgamma * coefficients.invStd) / count;
  coefficients.offset = constant - coefficients.meanLow * coefficients.slope;
  coefficients.slope32 = <f32>coefficients.slope;
  const lost = coefficients.mean - <f64>coefficients.mean32 + coefficients.meanLow;
  coefficients.offset32 = <f32>(constant - lost * coefficients.slope);
  const furthest = sqrt(load<f64>(job.moments + ((<usize>c) << 3) + 2 * stride));
  const isNarrow = abs(coefficients.offset) < large && abs(coefficients.slope) * furthest < large;
  if (!(fits(coefficients.slope) && isNarrow)) coefficients.isWide = 1;
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
