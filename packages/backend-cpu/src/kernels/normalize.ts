import type { Activation, FloatArray, View } from "@batchnorm/core";
import type { Coefficients } from "./coefficients.js";
import { select } from "./select.js";
import { Strips } from "./strips.js";

const tileElements = 4096;

/** y = activation((x - mean) scale + shift) */
export function normalize(x: FloatArray, y: FloatArray, view: View, by: Coefficients, activation: Activation): void {
  if (activation === "relu") normalizeRelu(x, y, view, by);
  else normalizePlain(x, y, view, by);
}

function normalizePlain(x: FloatArray, y: FloatArray, view: View, by: Coefficients): void {
  const strips = new Strips(view, tileElements);
  const stride = strips.stride | 0;
  while (strips.advance()) {
    const c = strips.channel;
    const mean = by.mean[c];
    const scale = by.scale[c];
    const shift = by.shift[c];
    const end = strips.end | 0;
    for (let p = strips.first | 0; p < end; p = (p + stride) | 0) y[p] = (x[p] - mean) * scale + shift;
  }
}

function normalizeRelu(x: FloatArray, y: FloatArray, view: View, by: Coefficients): void {
  const strips = new Strips(view, tileElements);
  const stride = strips.stride | 0;
  while (strips.advance()) {
    const c = strips.channel;
    const mean = by.mean[c];
    const scale = by.scale[c];
    const shift = by.shift[c];
    const end = strips.end | 0;
    for (let p = strips.first | 0; p < end; p = (p + stride) | 0) {
      const z = (x[p] - mean) * scale + shift;
      select[1] = z;
      y[p] = select[Number(!(z <= 0))];
    }
  }
}
