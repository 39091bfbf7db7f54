import { Plain, Relu } from "../activation";
import { channel, job } from "../job";
import { normalizeWide } from "../wide/normalize";

/** y of a channel in columns that float32 has too narrow a range for, after the vectors have been by. */
export function normalizeWideColumns(c: i32): void {
  if (!channel(c).isWide) return;
  if (job.relu) normalize<Relu>(c);
  else normalize<Plain>(c);
}

function normalize<Activation>(c: i32): void {
  const by = channel(c);
  const apart = (<usize>job.channels * <usize>job.inner) << 2;
  let at = (<usize>c * <usize>job.inner) << 2;
  for (let n = 0; n < job.outer; n++) {
    normalizeWide<Activation>(job.x + at, job.out + at, job.inner, by);
    at += apart;
  }
}
