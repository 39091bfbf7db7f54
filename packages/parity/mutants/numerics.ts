import type { Mutant } from "./mutant.js";

const backend = "backend-cpu/src/backend.ts";
const coefficients = "backend-cpu/src/coefficients.ts";
const moments = "backend-cpu/src/kernels/moments.ts";
const gradientSums = "backend-cpu/src/kernels/gradient-sums.ts";
const merging = "core/src/host/per-channel.ts";

export const numericsMutants: readonly Mutant[] = [
  {
    sentence: "float64-sums",
    name: "the mean summed in float32",
    file: moments,
    replace: "sum += d0 + d1 + (d2 + d3);",
    by: "sum = Math.fround(sum + d0 + d1 + (d2 + d3));",
  },
  {
    sentence: "float64-sums",
    name: "squares summed in float32",
    file: moments,
    replace: "squares += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);",
    by: "squares = Math.fround(squares + d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3));",
  },
  {
    sentence: "float64-sums",
    name: "gradients summed in float32",
    file: gradientSums,
    replace: "sumOf(scratch.second, c) - ",
    by: "Math.fround(sumOf(scratch.second, c)) - ",
  },
  {
    sentence: "parameters-of-any-size",
    name: "tiny gradients flushed to 0",
    file: "backend-cpu/src/kernels/input-gradient.ts",
    replace: "dx[p] = dy[p] * scale + (",
    by: "dx[p] = (Math.abs(dy[p]) < 2 ** -64 ? 0 : dy[p]) * scale + (",
  },
  {
    sentence: "parameters-of-any-size",
    name: "weights of 2^32 at most",
    file: coefficients,
    replace: "gamma[c] / std",
    by: "Math.min(gamma[c], 2 ** 32) / std",
  },
  {
    sentence: "shifted-variance",
    name: "the variance as E[x^2] - E[x]^2",
    file: moments,
    replace: "squares - sum * d;",
    by: "squares + 2 * k * sum + n * k * k - n * mean * mean;",
  },
  {
    sentence: "mean-in-two-parts",
    name: "the low part of the mean forgotten",
    file: moments,
    replace: "finiteOr0(k - (mean - added) + (d - added))",
    by: "0",
  },
  {
    sentence: "mean-in-two-parts",
    name: "the low part of the mean not applied",
    file: coefficients,
    replace: "beta[c] - meanLow[c] * scale[c]",
    by: "beta[c]",
  },
  {
    sentence: "badly-chosen-shift",
    name: "never summed a second time",
    file: moments,
    replace: "squares > cancellation * result.m2[c]",
    by: "squares < 0",
  },
  {
    sentence: "constant-channel",
    name: "no variance below the rounding of the mean's square",
    file: moments,
    replace: "Math.max(m2, 0)",
    by: "Math.max(m2, (Number.EPSILON * mean) ** 2)",
  },
  {
    sentence: "huge-and-tiny",
    name: "squares overflow where float32's do",
    file: moments,
    replace: "add(second, c, squares);",
    by: "add(second, c, squares > 2 ** 128 ? Infinity : squares);",
  },
  {
    sentence: "huge-and-tiny",
    name: "squares underflow where float32's do",
    file: moments,
    replace: "add(second, c, squares);",
    by: "add(second, c, squares < 2 ** -150 ? 0 : squares);",
  },
  {
    sentence: "channels-apart",
    name: "a badly chosen shift makes all channels be summed again",
    file: moments,
    replace: "shift[c] = badlyShifted ? result.mean[c] : Number.NaN;",
    by: "shift[c] = result.mean[c];",
  },
  {
    sentence: "channels-apart",
    name: "NaN leaks into the next channel",
    file: coefficients,
    replace: "- meanLow[c] * scale[c];",
    by: "- meanLow[c] * scale[c] + 0 * (scale[c - 1] ?? 0);",
  },
  {
    sentence: "channels-apart",
    name: "NaN of dy leaks into the next channel",
    file: gradientSums,
    replace: "result.dz[c] = dz;",
    by: "result.dz[c] = dz + 0 * (result.dz[c - 1] ?? 0);",
  },
  {
    sentence: "long-channel",
    name: "the shift forgotten beyond 2^23 values",
    file: "backend-cpu/src/kernels/normalize.ts",
    replace: "y[p] = (x[p] - mean) * scale + shift;",
    by: "y[p] = (x[p] - mean) * scale + (p < 2 ** 23 ? shift : 0);",
  },
  {
    sentence: "long-channel",
    name: "values counted in 23 bits",
    file: moments,
    replace: "const n = view.outer * inner;",
    by: "const n = (view.outer * inner) & 0x7fffff;",
  },
  {
    sentence: "pieces-are-the-whole",
    name: "dx of a shard divided by the values of the shard",
    file: backend,
    replace: "trainingTerms(own.count, ownSums, by, scratch)",
    by: "trainingTerms(valuesPerChannel(view), ownSums, by, scratch)",
  },
  {
    sentence: "merged-moments",
    name: "the deviation between parts left out",
    file: merging,
    replace: "at(part.arrays.m2, c) + part.count * (distance(part) - d) ** 2",
    by: "at(part.arrays.m2, c)",
  },
  {
    sentence: "merged-moments",
    name: "parts of all sizes weigh the same",
    file: merging,
    replace: "sum + part.count * distance(part), 0)",
    by: "sum + (this.count / filled.length) * distance(part), 0)",
  },
  {
    sentence: "merged-moments",
    name: "low parts of means imported as sums of squares",
    file: merging,
    replace: "m2.set(values.subarray(1 + 2 * channels));",
    by: "m2.set(values.subarray(1 + channels, 1 + 2 * channels));",
  },
  {
    sentence: "merged-gradient-sums",
    name: "merged sums averaged",
    file: merging,
    replace: "dz[c] = compensatedSum(filled.map((part) => at(part.dz, c)));",
    by: "dz[c] = compensatedSum(filled.map((part) => at(part.dz, c))) / parts.length;",
  },
  {
    sentence: "merged-gradient-sums",
    name: "the second sums not imported",
    file: merging,
    replace: "dzCentred.set(values.subarray(this.channels));",
    by: "dzCentred.set(values.subarray(0, this.channels));",
  },
  {
    sentence: "same-bits",
    name: "the shift drawn by lot",
    file: moments,
    replace: "shift[c] = finiteOr0(x[c * inner]);",
    by: "shift[c] = finiteOr0(x[c * inner + Math.floor(Math.random() * inner)]);",
  },
  {
    sentence: "same-bits",
    name: "partial sums over tiles of random size",
    file: "backend-cpu/src/kernels/tiles.ts",
    replace: "fewest), most)",
    by: "fewest), most - Math.floor(8 * Math.random()))",
  },
  {
    sentence: "types-apart",
    name: "gradients of float64 parameters rounded to the type of the data",
    file: backend,
    replace: "return this.gradients(dy, x, view, from.moments, sums, p, o);",
    by: `const result = this.gradients(dy, x, view, from.moments, sums, p, o);
      if (x.dtype === "float32") result.dweight?.values.set(Float32Array.from(result.dweight.values));
      return result;`,
  },
];
