// What a kernel costs that has seen one kind of typed array, and one that has seen two.
import { compareLoops } from "./compare-loops.mjs";

const n = 2 ** 20;
const x = Float32Array.from({ length: n }, () => Math.random());
const y = new Float32Array(n);
const wide = new Float64Array(4096);

for (let i = 0; i < 2000; i++) both(wide, wide, 0.1, 0.2, 0.3);

await compareLoops(n, {
  "one kind of array": () => one(x, y, 0.1, 0.2, 0.3),
  "two kinds of arrays": () => both(x, y, 0.1, 0.2, 0.3),
});

function one(x, y, mean, scale, shift) {
  for (let i = 0; i < x.length; i++) y[i] = (x[i] - mean) * scale + shift;
}

function both(x, y, mean, scale, shift) {
  for (let i = 0; i < x.length; i++) y[i] = (x[i] - mean) * scale + shift;
}
