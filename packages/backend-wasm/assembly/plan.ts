import { channelBytes, job } from "./job";

/** Runs of fewer values than this are columns. */
const shortestRun = 16;
/** Elements of a segment of a run: a multiple of what a kernel takes at a time. */
export const segment = 16384;
/** Bytes that lie side by side in a block of channels: in shorter runs memory is read slowly. */
const contiguous = 8192;
/** Bytes of a row of a block, at least, lest threads write to the same cache lines. */
const stride = 512;
/** Enough tasks that no thread waits long for the last. */
const tasks = 16;
/** Elements of a task of an application alone, at least. */
const leastPiece = 4096;
/** Chunks, at most, of rows of columns. */
const mostChunks = 256;
/** Elements of a chunk or a task of an application, at least. */
const leastWork = 16384;
/** Fewer elements are not worth the waking of another thread. */
const leastParallel = 65536;
/** Columns in a row below which what a row costs would show. */
const wideEnough = 256;
/** Channels of a task that has nothing to do with values. */
export const channelsOfTask = 512;
/** Bytes of working memory of a vector of columns: coefficients in float64, those of dx in float32, two sums in float64. */
export const columnBytes: usize = 128;
export const termBytes: usize = 64;
export const columnSumBytes: usize = 64;
/** A cache line each: threads that write side by side would wait for each other. */
export const runSumBytes: usize = 64;

// @ts-ignore: decorator
@inline
function ceilDiv(a: i32, b: i32): i32 {
  return (a - 1) / b + 1;
}

/**
 * Cuts a view into tasks, by its sizes alone: the number of threads changes who does a task, never what it adds up.
 *
 * @returns the bytes of working memory that an operation on it needs
 */
export function plan(outer: i32, channels: i32, inner: i32): f64 {
  job.outer = outer;
  job.channels = channels;
  job.inner = inner;
  job.isColumns = i32(inner < shortestRun);
  job.parallel = i32(<i64>outer * channels * inner >= leastParallel);
  // in float64: it may be more than addresses can say, which the caller refuses
  return <f64>channels * <f64>channelBytes + (job.isColumns ? planColumns() : planRuns());
}

/** A channel is a run of values in each image; a block is some adjacent channels. */
function planRuns(): f64 {
  const outer = job.outer;
  const channels = job.channels;
  const inner = job.inner;
  let block = min(channels, ceilDiv(contiguous, inner << 2));
  if (ceilDiv(channels, block) < tasks) block = min(block, max(channels / tasks, ceilDiv(stride, inner << 2)));
  job.block = block;
  job.blocks = ceilDiv(channels, block);
  job.segments = ceilDiv(inner, segment);
  job.imagesPerUnit = outer >= 4 ? 4 : 1;
  job.imageBytes = (<usize>channels * <usize>inner) << 2;
  job.units = ceilDiv(outer, job.imagesPerUnit) * job.segments;
  const runElements = min(inner, segment) * job.imagesPerUnit;
  const most = max(1, <i32>min<i64>(job.units, <i64>job.units * runElements * block / leastWork));
  job.chunks = job.blocks >= tasks / 2 ? 1 : min(most, ceilDiv(tasks, job.blocks));
  job.unitsPerChunk = ceilDiv(job.units, job.chunks);
  job.chunks = ceilDiv(job.units, job.unitsPerChunk);
  planPieces(runElements);
  return <f64>job.chunks * <f64>channels * <f64>runSumBytes;
}

/** Tasks of an application alone. */
function planPieces(runElements: i32): void {
  const all = <i64>job.outer * job.channels * job.inner;
  const wanted = <i32>max<i64>(leastPiece, min<i64>(4 * leastWork, all / (tasks / 2)));
  const unitElements = <i64>runElements * job.channels;
  job.unitsPerPiece = job.segments == 1 ? <i32>(wanted / unitElements) : 0;
  if (job.unitsPerPiece > 0) {
    job.pieceTasks = ceilDiv(job.units, job.unitsPerPiece);
  } else {
    job.channelsPerPiece = job.segments == 1 ? max(1, wanted / runElements) : 1;
    job.piecesPerUnit = ceilDiv(job.channels, job.channelsPerPiece);
    job.pieceTasks = job.units * job.piecesPerUnit;
  }
}

/** Channels last, or so few values side by side that each place of a row is a column of its own. */
function planColumns(): f64 {
  const outer = job.outer;
  const channels = job.channels;
  const inner = job.inner;
  const row = channels * inner;
  job.fold = foldOf(row);
  job.width = row * job.fold;
  job.vectors = (job.width + 3) >> 2;
  job.rows = outer / job.fold;
  const rows = max(1, job.rows);
  const fewest = ceilDiv(rows, mostChunks);
  job.rowsPerChunk = (max(fewest, min(rows, max(64, (4 * leastWork) / job.width))) + 7) & ~7;
  job.chunks = ceilDiv(rows, job.rowsPerChunk);
  // rows that are left over by a fold go with the last chunk as one: see tasks/columns.ts
  job.panels = job.fold > 1 ? 1 : max(1, min(ceilDiv(tasks, job.chunks), job.vectors >> 6));
  job.vectorsPerPanel = ceilDiv(job.vectors, job.panels);
  job.panels = ceilDiv(job.vectors, job.vectorsPerPanel);
  return <f64>job.vectors * (<f64>columnBytes + <f64>termBytes + <f64>job.chunks * <f64>columnSumBytes);
}

/** How many rows make one that is wide enough, and of whole vectors, where that leaves some. */
function foldOf(row: i32): i32 {
  if (row >= wideEnough) return 1;
  let fold = ceilDiv(wideEnough, row);
  while ((fold * row) & 3) fold++;
  return max(1, min(fold, job.outer >> 3));
}

/** Where the working memory of a plan lies. */
export function place(memory: usize): void {
  job.perChannel = memory;
  job.perColumn = memory + <usize>job.channels * channelBytes;
  job.terms = job.isColumns ? job.perColumn + <usize>job.vectors * columnBytes : 0;
  job.partials = job.isColumns ? job.terms + <usize>job.vectors * termBytes : job.perColumn;
}
