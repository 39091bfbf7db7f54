import { Plain, Relu } from "../activation";
import { Channel, channel, job } from "../job";
import { scaleGradientWide, trainingGradientWide } from "../wide/input-gradient";
import { prepareTerms } from "./coefficients";
import { expandTerms, letPass } from "./expand";

/** The sums of a channel: dz and dz (x - mean). */
export function finishGradientSums(c: i32): void {
  const by = channel(c);
  by.second -= by.meanLow * by.first;
  const p = job.sums + ((<usize>c) << 3);
  store<f64>(p, by.first);
  store<f64>(p + ((<usize>job.channels) << 3), by.second);
}

/** dgamma = P / sqrt(variance + eps) and dbeta, where they are asked for. */
export function writeParameterGradients(c: i32): void {
  const p = job.sums + ((<usize>c) << 3);
  const at = (<usize>c) << 2;
  if (job.dweight) store<f32>(job.dweight + at, <f32>(load<f64>(p + ((<usize>job.channels) << 3)) * channel(c).invStd));
  if (job.dbias) store<f32>(job.dbias + at, <f32>load<f64>(p));
}

/** All that dx needs of a channel. */
export function prepareInputGradient(c: i32): void {
  const by = channel(c);
  if (job.moments) prepareTerms(c);
  if (by.isWide) job.hasWide = 1;
  if (!job.isColumns) return;
  if (by.isWide) leaveAsItIs(c, by);
  expandTerms(c, by);
}

/** The vectors leave dy in dx where a channel is wide; then this takes it from there. dx may have been dy all along. */
export function writeWideColumns(c: i32): void {
  if (!channel(c).isWide) return;
  if (job.relu) writeWide<Relu>(c);
  else writeWide<Plain>(c);
}

function writeWide<Activation>(c: i32): void {
  const by = channel(c);
  const apart = (<usize>job.channels * <usize>job.inner) << 2;
  let at = (<usize>c * <usize>job.inner) << 2;
  for (let n = 0; n < job.outer; n++) {
    const dx = job.out + at;
    if (job.moments) trainingGradientWide<Activation>(dx, job.x + at, dx, job.inner, by);
    else scaleGradientWide<Activation>(dx, job.x + at, dx, job.inner, by);
    at += apart;
  }
}

/** dx = 1 dz + (0 x + 0), and everything passes the activation. */
function leaveAsItIs(c: i32, by: Channel): void {
  by.mean32 = 0;
  by.scale32 = 1;
  by.slope32 = 0;
  by.offset32 = 0;
  if (job.relu) letPass(c);
}
