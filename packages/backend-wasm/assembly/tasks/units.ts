import { job } from "../job";
import { segment } from "../plan";

/** Where segment s of the run of channel c in image n lies, in bytes from the start of a tensor. */
// @ts-ignore: decorator
@inline
export function placeOf(n: i32, c: i32, s: i32): usize {
  return <usize>n * job.imageBytes + ((<usize>c * <usize>job.inner + <usize>s * <usize>segment) << 2);
}

/** How many values it has. */
// @ts-ignore: decorator
@inline
export function lengthOf(s: i32): i32 {
  return min(job.inner - s * segment, segment);
}

/** A long run that has no three others beside it is taken by quarters; 0 where it is too short for that. */
// @ts-ignore: decorator
@inline
export function quarterOf(length: i32): i32 {
  return length < 1024 ? 0 : (length >> 2) & ~3;
}
