// What a sum costs whose loop takes one element at a time, four neighbours, or one of each quarter, in and beyond the
// caches.
import { compareLoops } from "./compare-loops.mjs";

for (const n of [2 ** 16, 2 ** 24]) {
  const x = Float32Array.from({ length: n }, () => Math.random());
  const mean = 0.5;
  await compareLoops(n, {
    [`one, ${n / 2 ** 18} MB`]: () => one(x, mean),
    "four neighbours": () => neighbours(x, mean),
    "one of each quarter": () => quarters(x, mean),
  });
}

function one(x, mean) {
  let sum = 0;
  let squares = 0;
  for (let p = 0; p < x.length; p = (p + 1) | 0) {
    const d = x[p] - mean;
    sum += d;
    squares += d * d;
  }
  return sum + squares;
}

function neighbours(x, mean) {
  return fours(x, mean, 4, 1, x.length);
}

function quarters(x, mean) {
  const quarter = x.length >> 2;
  return fours(x, mean, 1, quarter, quarter);
}

function fours(x, mean, step, apart, end) {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < end; i = (i + step) | 0) {
    let p = i;
    const d0 = x[p] - mean;
    p = (p + apart) | 0;
    const d1 = x[p] - mean;
    p = (p + apart) | 0;
    const d2 = x[p] - mean;
    p = (p + apart) | 0;
    const d3 = x[p] - mean;
    sum += d0 + d1 + (d2 + d3);
    squares += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);
  }
  return sum + squares;
}
