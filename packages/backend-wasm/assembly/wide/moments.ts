import { Channel, job } from "../job";

/** d = x - k, summed up in float64: sum d in by.first, sum d^2 in by.second. */
export function sumMomentsWide(c: i32, coefficients: Channel, k: f64): void {
  let first0: f64 = 0;
  let first1: f64 = 0;
  let second0: f64 = 0;
  let second1: f64 = 0;
  const length = (<usize>job.inner) << 2;
  const stride = <usize>job.channels * length;
  let start = job.x + <usize>c * length;
  for (let n = 0; n < job.outer; n++) {
    let i = start;
    for (const end = start + (length & ~7); i < end; i += 8) {
      const d0 = <f64>load<f32>(i) - k;
      const d1 = <f64>load<f32>(i, 4) - k;
      first0 += d0;
      first1 += d1;
      second0 += d0 * d0;
      second1 += d1 * d1;
    }
    if (length & 4) {
      const d = <f64>load<f32>(i) - k;
      first0 += d;
      second0 += d * d;
    }
    start += stride;
  }
  coefficients.first = first0 + first1;
  coefficients.second = second0 + second1;
}
