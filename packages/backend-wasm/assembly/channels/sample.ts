import { channel, job } from "../job";
import { expandSample } from "./expand";

/** A channel whose values are this much closer together than they are far from zero is summed about one of them. */
const closeness: f32 = 64;

/**
 * Chooses about which k the moments of channels [first, end) are summed, by four values of each: 0, which costs nothing,
 * unless they lie close together and far from it.
 */
export function sampleChannels(first: i32, end: i32): void {
  const n = <i64>job.outer * job.inner;
  const b = placeOf(n / 4);
  const c = placeOf(n / 2);
  const d = placeOf(n - 1);
  for (let i = first; i < end; i++) {
    const start = job.x + ((<usize>i * <usize>job.inner) << 2);
    const x0 = load<f32>(start);
    const x1 = load<f32>(start + b);
    const x2 = load<f32>(start + c);
    const x3 = load<f32>(start + d);
    const apart = max(max(x0, x1), max(x2, x3)) - min(min(x0, x1), min(x2, x3));
    const by = channel(i);
    by.k = isFinite(x0) && apart * closeness < abs(x0) ? x0 : 0;
    if (by.k != 0) job.hasShift = 1;
    if (job.isColumns) expandSample(i, by);
  }
}

/** Of value i of a channel, in bytes from its first. */
function placeOf(i: i64): usize {
  return (<usize>((i / job.inner) * job.channels * job.inner + (i % job.inner))) << 2;
}
