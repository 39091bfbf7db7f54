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

  /** whether any channel is far, is wide: see Channel */
  hasFar: i32;
  hasWide: i32;

  // The plan, see plan.ts.
  parallel: i32;
  isColumns: i32;
  /** channels of a task */
  block: i32;
  blocks: i32;
  /** parts into which the values of a channel are cut, the same for any number of threads */
  chunks: i32;
  /** of runs: segments of a run; images of a unit, which is a segment of them; units, and how many of them are a chunk's */
  segments: i32;
  imagesPerUnit: i32;
  imageBytes: usize;
  units: i32;
  unitsPerChunk: i32;
  /** of runs, where no sums come before: whole units of a task, or tasks of a unit and channels of such a task */
  unitsPerPiece: i32;
  piecesPerUnit: i32;
  channelsPerPiece: i32;
  pieceTasks: i32;
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
  // z = (x - mean) scale + shift = x scale + directShift and dx = scale dz + slope (x - mean) + offset
  mean: f64;
  meanLow: f64;
  invStd: f64;
  scale: f64;
  shift: f64;
  directShift: f64;
  slope: f64;
  offset: f64;
  /** sum x and sum x^2 of moments; sum dz and sum dz (x - mean) of gradients */
  first: f64;
  second: f64;
  // dx = scale32 dz + slope32 (x - mean32) + offset32
  mean32: f32;
  scale32: f32;
  slope32: f32;
  offset32: f32;
  /** whether x is so far from zero that x scale would lose digits */
  isFar: i32;
  /** whether float32 has too narrow a range for dx */
  isWide: i32;
}

/** A power of two, and a multiple of a cache line. */
export const channelBytes: usize = 128;

// @ts-ignore: decorator
@inline
export function channel(c: i32): Channel {
  return changetype<Channel>(job.perChannel + <usize>c * channelBytes);
}
