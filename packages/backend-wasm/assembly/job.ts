/**
 * What an operation works on, written by the thread that asks for it and read by all. It lies at the start of the memory,
 * which nothing else uses: every thread has its own instance of this module and the same memory.
 */
@unmanaged
export class Job {
  /** which part of the operation is under way, see phases.ts */
  phase: i32;
  tasks: i32;

  outer: i32;
  channels: i32;
  inner: i32;
  relu: i32;

  x: usize;
  dy: usize;
  /** y or dx; 0 where none is asked for */
  out: usize;

  /** float32 by channel, 0 where there is none */
  weight: usize;
  bias: usize;
  mean: usize;
  variance: usize;
  dweight: usize;
  dbias: usize;

  /** float64: means, their low parts, sums of squared deviations; 0 where given statistics are used */
  moments: usize;
  /** float64: sums of dz, sums of dz (x - mean) */
  sums: usize;
  /** whether `sums` are given, or none are needed: 0 where this operation has to make them */
  sumsAreGiven: i32;
  /** the number of values behind `moments`: those of a whole, of which x may be a shard */
  count: f64;
  eps: f64;

  /** whether float32 has too narrow a range for any channel */
  hasWide: i32;

  // The plan, see plan.ts.
  parallel: i32;
  isColumns: i32;
  /** channels of a task */
  block: i32;
  blocks: i32;
  /** parts into which the values of a channel are cut, the same for any number of threads */
  chunks: i32;
  /** of runs: segments of a run, and how many of them (of all images) are a chunk's, at most */
  segments: i32;
  unitsPerChunk: i32;
  /** of runs: segments of an application in the order of memory */
  piecesPerTask: i32;
  /** of columns: rows of the tensor that make a row of columns, columns in it, and vectors of four */
  fold: i32;
  width: i32;
  vectors: i32;
  rows: i32;
  rowsPerChunk: i32;
  vectorsPerPanel: i32;
  panels: i32;

  // Working memory.
  perChannel: usize;
  perColumn: usize;
  terms: usize;
  partials: usize;
}

export const job = changetype<Job>(1024);

/** What is known of a channel while an operation runs. */
@unmanaged
export class Channel {
  // z = (x - mean) scale + shift and dx = scale dz + slope (x - mean) + offset, in float64
  mean: f64;
  meanLow: f64;
  invStd: f64;
  scale: f64;
  shift: f64;
  slope: f64;
  offset: f64;
  /** sum d and sum d^2 of moments, d = x - k; sum dz and sum dz (x - mean) of gradients */
  first: f64;
  second: f64;
  // the same in float32, z = (x - mean32) scale32 + ((x - mean32) scaleLow + shift32)
  mean32: f32;
  scale32: f32;
  scaleLow: f32;
  shift32: f32;
  slope32: f32;
  offset32: f32;
  /** about which moments are summed */
  k: f32;
  /** whether float32 has too narrow a range for it */
  isWide: i32;
}

/** A power of two, and a multiple of a cache line. */
export const channelBytes: usize = 128;

// @ts-ignore: decorator
@inline
export function channel(c: i32): Channel {
  return changetype<Channel>(job.perChannel + <usize>c * channelBytes);
}
