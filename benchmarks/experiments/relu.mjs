// What a branch on the sign of random data costs in a loop, and what selecting by index costs instead.
import { compareLoops } from "./compare-loops.mjs";

const n = 2 ** 20;
const x = Float32Array.from({ length: n }, () => Math.random() - 0.5);
const y = new Float32Array(n);
const pair = new Float64Array(2);

await compareLoops(n, {
  "no ReLU": () => plain(x, y, 0.01, 0.3, 0.002),
  "a branch": () => branch(x, y, 0.01, 0.3, 0.002),
  "Math.max": () => max(x, y, 0.01, 0.3, 0.002),
  "a select by index": () => select(x, y, 0.01, 0.3, 0.002),
});

function plain(x, y, mean, scale, shift) {
  for (let i = 0; i < x.length; i++) y[i] = (x[i] - mean) * scale + shift;
}

function branch(x, y, mean, scale, shift) {
  for (let i = 0; i < x.length; i++) {
    const z = (x[i] - mean) * scale + shift;
    // biome-ignore lint/complexity/useMathMinMax: the branch is what is measured
    y[i] = z <= 0 ? 0 : z;
  }
}

function max(x, y, mean, scale, shift) {
  for (let i = 0; i < x.length; i++) y[i] = Math.max((x[i] - mean) * scale + shift, 0);
}

function select(x, y, mean, scale, shift) {
  for (let i = 0; i < x.length; i++) {
    const z = (x[i] - mean) * scale + shift;
    pair[1] = z;
    y[i] = pair[Number(!(z <= 0))];
  }
}
