import { Channel, job } from "../job";
import { behindWide } from "./input-gradient";

/** The sums of a channel that float32 has too narrow a range for: the vectors could not tell which values pass. */
export function sumGradientsWide<Activation>(c: i32, by: Channel): void {
  let first: f64 = 0;
  let second: f64 = 0;
  const length = <usize>job.inner << 2;
  const apart = <usize>job.channels * length;
  let start = <usize>c * length;
  for (let n = 0; n < job.outer; n++) {
    for (let i: usize = start; i < start + length; i += 4) {
      const d = <f64>load<f32>(job.x + i) - by.mean;
      const dz = behindWide<Activation>(load<f32>(job.dy + i), d, by);
      first += dz;
      second += dz * d;
    }
    start += apart;
  }
  by.first = first;
  by.second = second - by.meanLow * first;
}
