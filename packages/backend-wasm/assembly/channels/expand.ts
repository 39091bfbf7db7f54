import { Channel, job } from "../job";
import { columnBytes, termBytes } from "../plan";

/** The coefficients of z, for each column of a channel. */
export function expandCoefficients(c: i32, coefficients: Channel): void {
  const mean = coefficients.isFar ? coefficients.mean : 0;
  const shift = coefficients.isFar ? coefficients.shift : coefficients.directShift;
  for (let q = 0; q < job.fold; q++) {
    for (let i = 0; i < job.inner; i++) {
      const p = columnOf(c, q, i);
      store<f64>(p, mean);
      store<f64>(p, coefficients.scale, 32);
      store<f64>(p, shift, 64);
      store<f64>(p, coefficients.mean, 96);
    }
  }
}

/** Coefficients by which z is above zero, or NaN, for any x. */
export function letPass(c: i32): void {
  for (let q = 0; q < job.fold; q++) {
    for (let i = 0; i < job.inner; i++) {
      const p = columnOf(c, q, i);
      store<f64>(p, 0);
      store<f64>(p, 0, 32);
      store<f64>(p, Infinity, 64);
    }
  }
}

/** Those of dx. */
export function expandTerms(c: i32, coefficients: Channel): void {
  for (let q = 0; q < job.fold; q++) {
    for (let i = 0; i < job.inner; i++) {
      const column = indexOf(c, q, i);
      const p = job.terms + <usize>(column >> 2) * termBytes + (<usize>(column & 3) << 2);
      store<f32>(p, coefficients.mean32);
      store<f32>(p, coefficients.scale32, 16);
      store<f32>(p, coefficients.slope32, 32);
      store<f32>(p, coefficients.offset32, 48);
    }
  }
}

/** The column of place i of channel c in the q-th of the rows that make a row of columns. */
// @ts-ignore: decorator
@inline
export function indexOf(c: i32, q: i32, i: i32): i32 {
  return (q * job.channels + c) * job.inner + i;
}

// @ts-ignore: decorator
@inline
function columnOf(c: i32, q: i32, i: i32): usize {
  const column = indexOf(c, q, i);
  return job.perColumn + <usize>(column >> 2) * columnBytes + (<usize>(column & 3) << 3);
}
