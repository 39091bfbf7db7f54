import { Plain, Relu } from "../activation";
import { prepareChannel } from "../channels/coefficients";
import { finishGradientSums, prepareInputGradient, writeParameterGradients } from "../channels/gradients";
import { finishMoments } from "../channels/moments";
import { reduceChannels } from "../channels/reduce";
import { sampleChannels } from "../channels/sample";
import { job } from "../job";
import { runSumBytes, segment } from "../plan";
import { sumGradients } from "../runs/gradient-sums";
import { scaleGradient, trainingGradient } from "../runs/input-gradient";
import { sumMoments } from "../runs/moments";
import { normalizeRuns } from "../runs/normalize";
import { showProgress } from "../team";

// Where segment s of the run of channel c in image n lies, in bytes from the start of a tensor.
// @ts-ignore: decorator
@inline
function placeOf(n: i32, c: i32, s: i32): usize {
  return ((<usize>n * <usize>job.channels + <usize>c) * <usize>job.inner + <usize>s * <usize>segment) << 2;
}

// @ts-ignore: decorator
@inline
function lengthOf(s: i32): i32 {
  return min(job.inner - s * segment, segment);
}

/** A row of runs is contiguous where a run is one segment; else channels are taken one by one. */
// @ts-ignore: decorator
@inline
function isContiguous(): bool {
  return job.segments == 1;
}

export function sumMomentsOfBlock(task: i32): void {
  const chunk = task / job.blocks;
  const first = (task % job.blocks) * job.block;
  const end = min(job.channels, first + job.block);
  sampleChannels(first, end);
  sumMomentsOf(first, end, chunk);
}

function sumMomentsOf(first: i32, end: i32, chunk: i32): void {
  const into = partialsOf(first, end, chunk);
  const lastUnit = min((chunk + 1) * job.unitsPerChunk, job.outer * job.segments);
  for (let unit = chunk * job.unitsPerChunk; unit < lastUnit; unit++) {
    const n = unit / job.segments;
    const s = unit % job.segments;
    if (isContiguous()) sumMoments(job.x + placeOf(n, first, 0), job.inner, first, end - first, into);
    else {
      for (let c = first; c < end; c++) {
        sumMoments(job.x + placeOf(n, c, s), lengthOf(s), c, 1, into + <usize>(c - first) * runSumBytes);
      }
    }
    showProgress();
  }
}

/** The sums of a chunk, cleared. */
function partialsOf(first: i32, end: i32, chunk: i32): usize {
  const into = job.partials + (<usize>chunk * <usize>job.channels + <usize>first) * runSumBytes;
  memory.fill(into, 0, <usize>(end - first) * runSumBytes);
  return into;
}

export function trainBlock(block: i32): void {
  const first = block * job.block;
  const end = min(job.channels, first + job.block);
  sampleChannels(first, end);
  sumMomentsOf(first, end, 0);
  reduceChannels(first, end);
  for (let c = first; c < end; c++) {
    finishMoments(c);
    prepareChannel(c);
  }
  // backwards: what was read last is still near
  for (let n = job.outer - 1; n >= 0; n--) {
    if (isContiguous()) normalizeAt(placeOf(n, first, 0), job.inner, first, end - first);
    else {
      for (let c = first; c < end; c++) {
        for (let s = job.segments - 1; s >= 0; s--) normalizeAt(placeOf(n, c, s), lengthOf(s), c, 1);
      }
    }
    showProgress();
  }
}

// @ts-ignore: decorator
@inline
function normalizeAt(at: usize, length: i32, first: i32, count: i32): void {
  if (job.relu) normalizeRuns<Relu>(job.x + at, job.out + at, length, first, count);
  else normalizeRuns<Plain>(job.x + at, job.out + at, length, first, count);
}

export function sumGradientsOfBlock(task: i32): void {
  const chunk = task / job.blocks;
  const first = (task % job.blocks) * job.block;
  sumGradientsOf(first, min(job.channels, first + job.block), chunk);
}

function sumGradientsOf(first: i32, end: i32, chunk: i32): void {
  const into = partialsOf(first, end, chunk);
  const lastUnit = min((chunk + 1) * job.unitsPerChunk, job.outer * job.segments);
  for (let unit = chunk * job.unitsPerChunk; unit < lastUnit; unit++) {
    const n = unit / job.segments;
    const s = unit % job.segments;
    if (isContiguous()) sumGradientsAt(placeOf(n, first, 0), job.inner, first, end - first, into);
    else {
      for (let c = first; c < end; c++) {
        sumGradientsAt(placeOf(n, c, s), lengthOf(s), c, 1, into + <usize>(c - first) * runSumBytes);
      }
    }
    showProgress();
  }
}

// @ts-ignore: decorator
@inline
function sumGradientsAt(at: usize, length: i32, first: i32, count: i32, into: usize): void {
  if (job.relu) sumGradients<Relu>(job.dy + at, job.x + at, length, first, count, into);
  else sumGradients<Plain>(job.dy + at, job.x + at, length, first, count, into);
}

export function backwardBlock(block: i32): void {
  const first = block * job.block;
  const end = min(job.channels, first + job.block);
  for (let c = first; c < end; c++) prepareChannel(c);
  sumGradientsOf(first, end, 0);
  reduceChannels(first, end);
  for (let c = first; c < end; c++) {
    finishGradientSums(c);
    writeParameterGradients(c);
    prepareInputGradient(c);
  }
  for (let n = job.outer - 1; n >= 0; n--) {
    if (isContiguous()) gradientAt(placeOf(n, first, 0), job.inner, first, end - first);
    else {
      for (let c = first; c < end; c++) {
        for (let s = job.segments - 1; s >= 0; s--) gradientAt(placeOf(n, c, s), lengthOf(s), c, 1);
      }
    }
    showProgress();
  }
}

// @ts-ignore: decorator
@inline
function gradientAt(at: usize, length: i32, first: i32, count: i32): void {
  const dy = job.dy + at;
  const x = job.x + at;
  const dx = job.out + at;
  if (job.moments) {
    if (job.relu) trainingGradient<Relu>(dy, x, dx, length, first, count);
    else trainingGradient<Plain>(dy, x, dx, length, first, count);
  } else {
    if (job.relu) scaleGradient<Relu>(dy, x, dx, length, first, count);
    else scaleGradient<Plain>(dy, x, dx, length, first, count);
  }
}

/** Pieces are segments in the order of memory: a task streams through it, from the end of a tensor to its start. */
export function piecesOfRuns(): i32 {
  return job.outer * job.channels * job.segments;
}

export function normalizePieces(task: i32): void {
  walkPieces<Forward>(task);
}

export function gradientPieces(task: i32): void {
  walkPieces<Backward>(task);
}

type Forward = f32;
type Backward = i32;

// @ts-ignore: decorator
@inline
function walkPieces<Direction>(task: i32): void {
  const all = piecesOfRuns();
  const last = all - task * job.piecesPerTask;
  let piece = max(0, last - job.piecesPerTask);
  while (piece < last) {
    const s = piece % job.segments;
    const run = piece / job.segments;
    const c = run % job.channels;
    const at = placeOf(run / job.channels, c, s);
    const count = isContiguous() ? min(last - piece, job.channels - c) : 1;
    if (isInteger<Direction>()) gradientAt(at, lengthOf(s), c, count);
    else normalizeAt(at, lengthOf(s), c, count);
    piece += count;
  }
}
