import { Plain, Relu } from "../activation";
import { sumGradientsLeftOver, sumGradientsOfColumns } from "../columns/gradient-sums";
import { scaleGradientOfColumns, trainingGradientOfColumns } from "../columns/input-gradient";
import { sumMomentsLeftOver, sumMomentsOfColumns } from "../columns/moments";
import { normalizeColumns } from "../columns/normalize";
import { job } from "../job";
import { columnBytes, columnSumBytes, termBytes } from "../plan";
import { Centred, Direct } from "../runs/normalize";

// A task is a chunk of rows and a panel of columns. Where several rows of the tensor make a row of columns, some may be
// left over: they make a last row that is not whole, which belongs to the last chunk.

// @ts-ignore: decorator
@inline
function rowsOf(chunk: i32): i32 {
  return max(0, min(job.rowsPerChunk, job.rows - chunk * job.rowsPerChunk));
}

// @ts-ignore: decorator
@inline
function valuesLeftOver(chunk: i32): i32 {
  return chunk == job.chunks - 1 ? (job.outer % job.fold) * job.channels * job.inner : 0;
}

// @ts-ignore: decorator
@inline
function rowBytes(): usize {
  return <usize>job.width << 2;
}

// @ts-ignore: decorator
@inline
function placeOf(chunk: i32, vector: i32): usize {
  return <usize>chunk * <usize>job.rowsPerChunk * rowBytes() + (<usize>vector << 4);
}

export function sumMomentsInColumns(task: i32): void {
  const chunk = task / job.panels;
  const first = (task % job.panels) * job.vectorsPerPanel;
  const vectors = min(job.vectorsPerPanel, job.vectors - first);
  const rows = rowsOf(chunk);
  const x = job.x + placeOf(chunk, first);
  const into = partialsOf(chunk, first, vectors);
  sumMomentsOfColumns(x, rowBytes(), rows, vectors, into);
  const left = valuesLeftOver(chunk);
  if (left) sumMomentsLeftOver(x + <usize>rows * rowBytes(), left, into);
}

export function sumGradientsInColumns(task: i32): void {
  const chunk = task / job.panels;
  const first = (task % job.panels) * job.vectorsPerPanel;
  const vectors = min(job.vectorsPerPanel, job.vectors - first);
  const at = placeOf(chunk, first);
  const columns = job.perColumn + <usize>first * columnBytes;
  const into = partialsOf(chunk, first, vectors);
  if (job.relu) sumGradientsBehind<Relu>(at, chunk, columns, vectors, into);
  else sumGradientsBehind<Plain>(at, chunk, columns, vectors, into);
}

function sumGradientsBehind<Activation>(at: usize, chunk: i32, columns: usize, vectors: i32, into: usize): void {
  if (job.hasFar) sumGradientRows<Activation, Centred>(at, chunk, columns, vectors, into);
  else sumGradientRows<Activation, Direct>(at, chunk, columns, vectors, into);
}

function sumGradientRows<Activation, Form>(at: usize, chunk: i32, columns: usize, vectors: i32, into: usize): void {
  const rows = rowsOf(chunk);
  sumGradientsOfColumns<Activation, Form>(job.dy + at, job.x + at, rowBytes(), rows, columns, vectors, into);
  const left = valuesLeftOver(chunk);
  if (!left) return;
  at += <usize>rows * rowBytes();
  sumGradientsLeftOver<Activation, Form>(job.dy + at, job.x + at, left, columns, into);
}

/** The sums of a chunk, cleared. */
function partialsOf(chunk: i32, first: i32, vectors: i32): usize {
  const into = job.partials + (<usize>chunk * <usize>job.vectors + <usize>first) * columnSumBytes;
  memory.fill(into, 0, <usize>vectors * columnSumBytes);
  return into;
}

export function normalizeRowsOfColumns(task: i32): void {
  // from the end of the tensor to its start: what was read last is still near
  const chunk = job.chunks - 1 - task / job.panels;
  if (job.relu) normalizeBehind<Relu>(chunk, task % job.panels);
  else normalizeBehind<Plain>(chunk, task % job.panels);
}

function normalizeBehind<Activation>(chunk: i32, panel: i32): void {
  if (job.hasFar) normalizeTask<Activation, Centred>(chunk, panel);
  else normalizeTask<Activation, Direct>(chunk, panel);
}

function normalizeTask<Activation, Form>(chunk: i32, panel: i32): void {
  const first = panel * job.vectorsPerPanel;
  const at = placeOf(chunk, first);
  const columns = job.perColumn + <usize>first * columnBytes;
  const rows = rowsOf(chunk);
  const x = job.x + at;
  const y = job.out + at;
  normalizeColumns<Activation, Form>(x, y, rowBytes(), rows, columns, wholeVectors(first), restOf(panel));
  const left = valuesLeftOver(chunk);
  if (!left) return;
  const done = <usize>rows * rowBytes();
  normalizeColumns<Activation, Form>(x + done, y + done, rowBytes(), 1, columns, left >> 2, left & 3);
}

export function gradientInColumns(task: i32): void {
  const chunk = job.chunks - 1 - task / job.panels;
  if (!job.relu) gradientTask<Plain, Direct>(chunk, task % job.panels);
  else if (job.hasFar) gradientTask<Relu, Centred>(chunk, task % job.panels);
  else gradientTask<Relu, Direct>(chunk, task % job.panels);
}

function gradientTask<Activation, Form>(chunk: i32, panel: i32): void {
  const first = panel * job.vectorsPerPanel;
  const at = placeOf(chunk, first);
  const rows = rowsOf(chunk);
  gradientRows<Activation, Form>(at, rows, first, wholeVectors(first), restOf(panel));
  const left = valuesLeftOver(chunk);
  if (left) gradientRows<Activation, Form>(at + <usize>rows * rowBytes(), 1, first, left >> 2, left & 3);
}

function gradientRows<Activation, Form>(at: usize, rows: i32, first: i32, vectors: i32, rest: i32): void {
  const coefficients = job.perColumn + <usize>first * columnBytes;
  const terms = job.terms + <usize>first * termBytes;
  const dy = job.dy + at;
  const x = job.x + at;
  const dx = job.out + at;
  if (job.moments)
    trainingGradientOfColumns<Activation, Form>(dy, x, dx, rowBytes(), rows, coefficients, terms, vectors, rest);
  else scaleGradientOfColumns<Activation, Form>(dy, x, dx, rowBytes(), rows, coefficients, terms, vectors, rest);
}

// @ts-ignore: decorator
@inline
function wholeVectors(first: i32): i32 {
  return min(job.vectorsPerPanel, (job.width >> 2) - first);
}

/** The values of the last panel that make no whole vector. */
// @ts-ignore: decorator
@inline
function restOf(panel: i32): i32 {
  return panel == job.panels - 1 ? job.width & 3 : 0;
}
