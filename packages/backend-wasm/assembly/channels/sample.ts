import { channel, job } from "../job";
import { expandSample } from "./expand";

/** So many values of a channel tell where it lies. */
const samples = 16;

/**
 * Moments of channels [first, end) are summed about k, the mean of a few values spread over the channel: a k within one
 * deviation of the mean costs the variance at most one bit.
 */
export function sampleChannels(first: i32, end: i32): void {
  const n = <i64>job.outer * job.inner;
  const taken = <i32>min<i64>(samples, n);
  for (let c = first; c < end; c++) channel(c).k = 0;
  for (let i = 0; i < taken; i++) {
    const at = <i64>i * n / taken;
    const o = at / job.inner;
    let p = job.x + ((<usize>(o * job.channels + first) * job.inner + <usize>(at % job.inner)) << 2);
    for (let c = first; c < end; c++) {
      const by = channel(c);
      by.k += load<f32>(p) / <f32>taken;
      p += <usize>job.inner << 2;
    }
  }
  for (let c = first; c < end; c++) {
    const by = channel(c);
    if (!isFinite(by.k)) by.k = 0;
    if (job.isColumns) expandSample(c, by);
  }
}
