import type { Mutant } from "./mutant.js";

const backend = "core/src/host/backend.ts";
const coefficients = "core/src/host/coefficients.ts";
const moments = "backend-cpu/src/kernels/moments.ts";
const gradientSums = "backend-cpu/src/kernels/gradient-sums.ts";
const merging = "core/src/host/per-channel.ts";

export const numericsMutants: readonly Mutant[] = [
  {
    requirement: "float64-sums",
    name: "the mean summed in float32",
    file: moments,
    replace: "sum += d0 + d1 + (d2 + d3);",
    by: "sum = Math.fround(sum + d0 + d1 + (d2 + d3));",
  },
  {
    requirement: "float64-sums",
    name: "squares summed in float32",
    file: moments,
    replace: "squares += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);",
    by: "squares = Math.fround(squares + d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3));",
  },
  {
    requirement: "float64-sums",
    name: "gradients summed in float32",
    file: gradientSums,
    replace: "sumOf(scratch, 2 * channels + c, channels) -",
    by: "Math.fround(sumOf(scratch, 2 * channels + c, channels)) -",
  },
  {
    requirement: "parameters-of-any-size",
    name: "tiny gradients flushed to 0",
    file: "backend-cpu/src/kernels/input-gradient.ts",
    replace: "dx[p] = dy[p] * scale + (",
    by: "dx[p] = (Math.abs(dy[p]) < 2 ** -64 ? 0 : dy[p]) * scale + (",
  },
  {
    requirement: "parameters-of-any-size",
    name: "weights of 2^32 at most",
    file: coefficients,
    replace: "(into[2 * channels + c] as number) / std",
    by: "Math.min(into[2 * channels + c] as number, 2 ** 32) / std",
  },
  {
    requirement: "shifted-variance",
    name: "the variance as E[x^2] - E[x]^2",
    file: moments,
    replace: "squares - sum * d;",
    by: "squares + 2 * k * sum + n * k * k - n * mean * mean;",
  },
  {
    requirement: "mean-in-two-parts",
    name: "the low part of the mean forgotten",
    file: moments,
    replace: "finiteOr0(k - (mean - added) + (d - added))",
    by: "0",
  },
  {
    requirement: "mean-in-two-parts",
    name: "the low part of the mean not applied",
    file: coefficients,
    replace: "(into[3 * channels + c] as number) - (into[4 * channels + c] as number) * scale",
    by: "into[3 * channels + c] as number",
  },
  {
    requirement: "badly-chosen-shift",
    name: "never summed a second time",
    file: moments,
    replace: "squares > cancellation * result[2 * channels + c]",
    by: "squares < 0",
  },
  {
    requirement: "constant-channel",
    name: "no variance below the rounding of the mean's square",
    file: moments,
    replace: "Math.max(m2, 0)",
    by: "Math.max(m2, (Number.EPSILON * mean) ** 2)",
  },
  {
    requirement: "huge-and-tiny",
    name: "squares overflow where float32's do",
    file: moments,
    replace: "add(scratch, 3 * channels + c, channels, squares);",
    by: "add(scratch, 3 * channels + c, channels, squares > 2 ** 128 ? Infinity : squares);",
  },
  {
    requirement: "huge-and-tiny",
    name: "squares underflow where float32's do",
    file: moments,
    replace: "add(scratch, 3 * channels + c, channels, squares);",
    by: "add(scratch, 3 * channels + c, channels, squares < 2 ** -150 ? 0 : squares);",
  },
  {
    requirement: "channels-apart",
    name: "a badly chosen shift makes all channels be summed again",
    file: moments,
    replace: "scratch[c] = badlyShifted ? result[c] : Number.NaN;",
    by: "scratch[c] = result[c];",
  },
  {
    requirement: "channels-apart",
    name: "NaN leaks into the next channel",
    file: coefficients,
    replace: "= values[channels + c] as number;",
    by: "= (values[channels + c] as number) + 0 * (c > 0 ? (values[c - 1] as number) : 0);",
  },
  {
    requirement: "channels-apart",
    name: "NaN of dy leaks into the next channel",
    file: coefficients,
    replace: "into[6 * channels + c] = -(scale",
    by: "into[6 * channels + c] = 0 * (c > 0 ? (sums[c - 1] as number) : 0) - (scale",
  },
  {
    requirement: "channels-apart",
    name: "a first value that is infinite taken for a shift",
    file: moments,
    replace: "finiteOr0(x[c * inner])",
    by: "x[c * inner]",
  },
  {
    requirement: "long-channel",
    name: "the shift forgotten beyond 2^23 values",
    file: "backend-cpu/src/kernels/normalize.ts",
    replace: "y[p] = (x[p] - mean) * scale + shift;",
    by: "y[p] = (x[p] - mean) * scale + (p < 2 ** 23 ? shift : 0);",
  },
  {
    requirement: "long-channel",
    name: "values counted in 23 bits",
    file: moments,
    replace: "const n = view.outer * inner;",
    by: "const n = (view.outer * inner) & 0x7fffff;",
  },
  {
    requirement: "pieces-are-the-whole",
    name: "dx of a shard divided by the values of the shard",
    file: coefficients,
    replace: "addTerms(into, channels, source.count, sums.values)",
    by: "addTerms(into, channels, pass.view.outer * pass.view.inner, sums.values)",
  },
  {
    requirement: "merged-moments",
    name: "the deviation between parts left out",
    file: merging,
    replace: "at(of, 2 * channels + c) + n * (distance(of) - d) ** 2,",
    by: "at(of, 2 * channels + c),",
  },
  {
    requirement: "merged-moments",
    name: "parts of all sizes weigh the same",
    file: merging,
    replace: "sum + n * distance(of), 0)",
    by: "sum + (count / filled.length) * distance(of), 0)",
  },
  {
    requirement: "merged-moments",
    name: "low parts of means imported as sums of squares",
    file: backend,
    replace: "moments.values.set(values.subarray(1));",
    by: `moments.values.set(values.subarray(1));
    moments.values.copyWithin(2 * moments.channels, moments.channels, 2 * moments.channels);`,
  },
  {
    requirement: "merged-moments",
    name: "an infinite mean that comes first subtracted from the others",
    file: merging,
    replace: "finiteOr0(at(first.of, c))",
    by: "at(first.of, c)",
  },
  {
    requirement: "merged-gradient-sums",
    name: "merged sums averaged",
    file: merging,
    replace: "values[i] = compensatedSum(parts.map((part) => at(part.values, i)));",
    by: "values[i] = compensatedSum(parts.map((part) => at(part.values, i))) / parts.length;",
  },
  {
    requirement: "merged-gradient-sums",
    name: "the second sums not imported",
    file: backend,
    replace: "sums.values.set(values);",
    by: `sums.values.set(values);
    sums.values.copyWithin(sums.channels, 0, sums.channels);`,
  },
  {
    requirement: "merged-gradient-sums",
    name: "what infinity rounds off added to it",
    file: merging,
    replace: "return Number.isFinite(total) ? total + lost : total;",
    by: "return total + lost;",
  },
  {
    requirement: "same-bits",
    name: "the shift drawn by lot",
    file: moments,
    replace: "scratch[c] = finiteOr0(x[c * inner]);",
    by: "scratch[c] = finiteOr0(x[c * inner + Math.floor(Math.random() * inner)]);",
  },
  {
    requirement: "same-bits",
    name: "partial sums over tiles of random size",
    file: "backend-cpu/src/kernels/tiles.ts",
    replace: "fewest), most)",
    by: "fewest), most - Math.floor(8 * Math.random()))",
  },
  {
    requirement: "types-apart",
    name: "gradients of float64 parameters rounded to the type of the data",
    file: backend,
    replace: "return this.#gradients(pass, source, dy, o, sums);",
    by: `const result = this.#gradients(pass, source, dy, o, sums);
      if (pass.x.dtype === "float32") result.dweight?.values.set(Float32Array.from(result.dweight.values));
      return result;`,
  },
];
