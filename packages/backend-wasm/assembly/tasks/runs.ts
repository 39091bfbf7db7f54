import { Plain, Relu } from "../activation";
import { prepareChannel } from "../channels/coefficients";
import { finishGradientSums, prepareInputGradient, writeParameterGradients } from "../channels/gradients";
import { finishMoments } from "../channels/moments";
import { reduceChannels } from "../channels/reduce";
import { job } from "../job";
import { runSumBytes } from "../plan";
import { sumGradientsOfFour, sumGradientsOfOne } from "../runs/gradient-sums";
import { scaleGradient, trainingGradientOfOne, trainingGradientOfTwo } from "../runs/input-gradient";
import { sumMomentsOfFour, sumMomentsOfOne } from "../runs/moments";
import { normalizeFour, normalizeOne } from "../runs/normalize";
import { showProgress } from "../team";
import { lengthOf, placeOf, quarterOf } from "./units";

// A unit is a segment of the runs of one image, or of four: those of a block of channels lie side by side where a run is
// one segment.

export function sumMomentsOfBlock(task: i32): void {
  const first = (task % job.blocks) * job.block;
  sumMomentsOf(first, min(job.channels, first + job.block), task / job.blocks);
}

function sumMomentsOf(first: i32, end: i32, chunk: i32): void {
  const into = partialsOf(first, end, chunk);
  const last = min((chunk + 1) * job.unitsPerChunk, job.units);
  for (let unit = chunk * job.unitsPerChunk; unit < last; unit++) {
    if (job.segments == 1) sumMomentsAt(unit, 0, first, end - first, into);
    else {
      for (let c = first; c < end; c++) {
        sumMomentsAt(unit / job.segments, unit % job.segments, c, 1, into + <usize>(c - first) * runSumBytes);
      }
    }
    showProgress();
  }
}

function sumMomentsAt(group: i32, s: i32, first: i32, count: i32, into: usize): void {
  const n = group * job.imagesPerUnit;
  const x = job.x + placeOf(n, first, s);
  const length = lengthOf(s);
  if (job.imagesPerUnit == 4 && n + 4 <= job.outer) {
    sumMomentsOfFour(x, job.imageBytes, length, count, into);
  } else {
    const images = min(job.imagesPerUnit, job.outer - n);
    for (let i = 0; i < images; i++) sumMomentsAlone(x + <usize>i * job.imageBytes, length, count, into);
  }
}

function sumMomentsAlone(x: usize, length: i32, count: i32, into: usize): void {
  const quarter = quarterOf(length);
  if (quarter == 0) return sumMomentsOfOne(x, length, count, into);
  for (let c = 0; c < count; c++) {
    sumMomentsOfFour(x, (<usize>quarter) << 2, quarter, 1, into);
    sumMomentsOfOne(x + ((<usize>quarter) << 4), length - 4 * quarter, 1, into);
    x += (<usize>length) << 2;
    into += runSumBytes;
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
  sumMomentsOf(first, end, 0);
  reduceChannels(first, end);
  for (let c = first; c < end; c++) {
    finishMoments(c);
    prepareChannel(c);
  }
  applyToBlock<Forward>(first, end);
}

export function sumGradientsOfBlock(task: i32): void {
  const first = (task % job.blocks) * job.block;
  sumGradientsOf(first, min(job.channels, first + job.block), task / job.blocks);
}

function sumGradientsOf(first: i32, end: i32, chunk: i32): void {
  const into = partialsOf(first, end, chunk);
  const last = min((chunk + 1) * job.unitsPerChunk, job.units);
  for (let unit = chunk * job.unitsPerChunk; unit < last; unit++) {
    if (job.segments == 1) sumGradientsAt(unit, 0, first, end - first, into);
    else {
      for (let c = first; c < end; c++) {
        sumGradientsAt(unit / job.segments, unit % job.segments, c, 1, into + <usize>(c - first) * runSumBytes);
      }
    }
    showProgress();
  }
}

function sumGradientsAt(group: i32, s: i32, first: i32, count: i32, into: usize): void {
  if (job.relu) sumGradientsBehind<Relu>(group, s, first, count, into);
  else sumGradientsBehind<Plain>(group, s, first, count, into);
}

function sumGradientsBehind<Activation>(group: i32, s: i32, first: i32, count: i32, into: usize): void {
  const n = group * job.imagesPerUnit;
  const at = placeOf(n, first, s);
  const dy = job.dy + at;
  const x = job.x + at;
  const length = lengthOf(s);
  if (job.imagesPerUnit == 4 && n + 4 <= job.outer) {
    sumGradientsOfFour<Activation>(dy, x, job.imageBytes, length, first, count, into);
  } else {
    const images = min(job.imagesPerUnit, job.outer - n);
    for (let i = 0; i < images; i++) {
      const from = <usize>i * job.imageBytes;
      sumGradientsAlone<Activation>(dy + from, x + from, length, first, count, into);
    }
  }
}

function sumGradientsAlone<Activation>(
  dy: usize,
  x: usize,
  length: i32,
  first: i32,
  count: i32,
  into: usize,
): void {
  const quarter = quarterOf(length);
  if (quarter == 0) return sumGradientsOfOne<Activation>(dy, x, length, first, count, into);
  const rest = <usize>quarter << 4;
  for (let c = first; c < first + count; c++) {
    sumGradientsOfFour<Activation>(dy, x, <usize>quarter << 2, quarter, c, 1, into);
    sumGradientsOfOne<Activation>(dy + rest, x + rest, length - 4 * quarter, c, 1, into);
    dy += <usize>length << 2;
    x += <usize>length << 2;
    into += runSumBytes;
  }
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
  applyToBlock<Backward>(first, end);
}

type Forward = f32;
type Backward = i32;

/** y or dx of a block, backwards: what was read last is still near. */
// @ts-ignore: decorator
@inline
function applyToBlock<Direction>(first: i32, end: i32): void {
  for (let unit = job.units - 1; unit >= 0; unit--) {
    if (job.segments == 1) applyAt<Direction>(unit, 0, first, end - first);
    else {
      for (let c = first; c < end; c++) applyAt<Direction>(unit / job.segments, unit % job.segments, c, 1);
    }
    showProgress();
  }
}

export function normalizePieces(task: i32): void {
  applyToPieces<Forward>(task);
}

export function gradientPieces(task: i32): void {
  applyToPieces<Backward>(task);
}

/**
 * Where no sums come before, a task streams through memory: some channels of a unit, or several units. From the end of a
 * tensor to its start, as sums may have come before in another phase.
 */
// @ts-ignore: decorator
@inline
function applyToPieces<Direction>(task: i32): void {
  const piece = job.pieceTasks - 1 - task;
  if (job.unitsPerPiece > 0) {
    const last = min((piece + 1) * job.unitsPerPiece, job.units);
    for (let unit = piece * job.unitsPerPiece; unit < last; unit++) applyAt<Direction>(unit, 0, 0, job.channels);
  } else {
    const unit = piece / job.piecesPerUnit;
    const first = (piece % job.piecesPerUnit) * job.channelsPerPiece;
    const count = min(job.channelsPerPiece, job.channels - first);
    applyAt<Direction>(unit / job.segments, unit % job.segments, first, count);
  }
}

function applyAt<Direction>(group: i32, s: i32, first: i32, count: i32): void {
  if (isInteger<Direction>()) {
    if (job.relu) gradientAt<Relu>(group, s, first, count);
    else gradientAt<Plain>(group, s, first, count);
  } else {
    if (job.relu) normalizeAt<Relu>(group, s, first, count);
    else normalizeAt<Plain>(group, s, first, count);
  }
}

function normalizeAt<Activation>(group: i32, s: i32, first: i32, count: i32): void {
  const n = group * job.imagesPerUnit;
  const at = placeOf(n, first, s);
  const x = job.x + at;
  const y = job.out + at;
  const length = lengthOf(s);
  if (job.imagesPerUnit == 4 && n + 4 <= job.outer) {
    normalizeFour<Activation>(x, y, job.imageBytes, length, first, count);
  } else {
    const images = min(job.imagesPerUnit, job.outer - n);
    for (let i = 0; i < images; i++) {
      const from = <usize>i * job.imageBytes;
      normalizeAlone<Activation>(x + from, y + from, length, first, count);
    }
  }
}

function normalizeAlone<Activation>(x: usize, y: usize, length: i32, first: i32, count: i32): void {
  const quarter = quarterOf(length);
  if (quarter == 0) return normalizeOne<Activation>(x, y, length, first, count);
  const rest = <usize>quarter << 4;
  for (let c = first; c < first + count; c++) {
    normalizeFour<Activation>(x, y, <usize>quarter << 2, quarter, c, 1);
    normalizeOne<Activation>(x + rest, y + rest, length - 4 * quarter, c, 1);
    x += <usize>length << 2;
    y += <usize>length << 2;
  }
}

function gradientAt<Activation>(group: i32, s: i32, first: i32, count: i32): void {
  const n = group * job.imagesPerUnit;
  const images = min(job.imagesPerUnit, job.outer - n);
  const at = placeOf(n, first, s);
  let dy = job.dy + at;
  let x = job.x + at;
  let dx = job.out + at;
  const length = lengthOf(s);
  let i = 0;
  for (; job.moments && i + 2 <= images; i += 2) {
    trainingGradientOfTwo<Activation>(dy, x, dx, job.imageBytes, length, first, count);
    dy += job.imageBytes << 1;
    x += job.imageBytes << 1;
    dx += job.imageBytes << 1;
  }
  for (; i < images; i++) {
    if (job.moments) trainingGradientOfOne<Activation>(dy, x, dx, length, first, count);
    else scaleGradient<Activation>(dy, x, dx, length, first, count);
    dy += job.imageBytes;
    x += job.imageBytes;
    dx += job.imageBytes;
  }
}
