import { Plain, Relu } from "../activation";
import { Channel, channel, job } from "../job";
import { scaleGradientWide, trainingGradientWide } from "../wide/input-gradient";
import { prepareTerms } from "./coefficients";
import { expandTerms, letPass } from "./expand";

/** The sums of a channel: dz and dz (x - mean). */
export function finishGradientSums(c: i32): void {
  const coefficients = channel(c);
  coefficients.second -= coefficients.meanLow * coefficients.first;
  const p = job.sums + ((<usize>c) << 3);
  store<f64>(p, coefficients.first);
  store<f64>(p + ((<usize>job.channels) << 3), coefficients.second);
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
  const coefficients = channel(c);
  if (job.moments) prepareTerms(c);
  if (coefficients.isWide) job.hasWide = 1;
  if (!job.isColumns) return;
  if (coefficients.isWide) leaveAsItIs(c, coefficients);
  expandTerms(c, coefficients);
}

/** The vectors leave dy in dx where a channel is wide; then this takes it from there. dx may have been dy all along. */
export function writeWideColumns(c: i32): void {
  if (!channel(c).isWide) return;
  if (job.relu) writeWide<Relu>(c);
  else writeWide<Plain>(c);
}

function writeWide<Activation>(c: i32): void {
  const coefficients = channel(c);
  const stride = (<usize>job.channels * <usize>job.inner) << 2;
  let at = (<usize>c * <usize>job.inner) << 2;
  for (let n = 0; n < job.outer; n++) {
    const dx = job.out + at;
    if (job.moments) trainingGradientWide<Activation>(dx, job.x + at, dx, job.inner, coefficients);
    else scaleGradientWide<Activation>(dx, job.x + at, dx, job.inner, coefficients);
    at += stride;
  }
}

/** dx = 1 dz + (0 x + 0), and everything passes the activation. */
function leaveAsItIs(c: i32, coefficients: Channel): void {
  coefficients.mean32 = 0;
  coefficients.scale32 = 1;
  coefficients.slope32 = 0;
  coefficients.offset32 = 0;
  if (job.relu) letPass(c);
}
