/**
 * One channel of batch normalization in double-double arithmetic: what float64 results are held against, since the
 * specification is float64 itself and rounds as often as they do.
 */
import { add, divide, multiply, root, subtract, sum, type Wide, wide } from "./double-double.js";

export interface ExtendedChannel {
  readonly mean: Wide;
  /** biased */
  readonly variance: Wide;
  readonly y: readonly Wide[];
  readonly dx: readonly Wide[];
  readonly dGamma: Wide;
  readonly dBeta: Wide;
}

export interface ChannelParameters {
  readonly gamma: number;
  readonly beta: number;
  readonly eps: number;
  readonly activation: "relu" | null;
}

export function extendedStatistics(x: Float64Array): { mean: Wide; variance: Wide } {
  const m = wide(x.length);
  const mean = divide(sum(Array.from(x, (v) => wide(v))), m);
  const squares = Array.from(x, (v) => subtract(wide(v), mean)).map((d) => multiply(d, d));
  return { mean, variance: divide(sum(squares), m) };
}

/** Training where `statistics` are null, else inference by them. */
export function extendedChannel(
  x: Float64Array,
  dy: Float64Array,
  p: ChannelParameters,
  fixed: { mean: number; variance: number } | null,
): ExtendedChannel {
  const { mean, variance } =
    fixed === null ? extendedStatistics(x) : { mean: wide(fixed.mean), variance: wide(fixed.variance) };
  const std = root(add(variance, wide(p.eps)));
  const gamma = wide(p.gamma);
  const xHat = Array.from(x, (v) => divide(subtract(wide(v), mean), std));
  const z = xHat.map((h) => add(multiply(gamma, h), wide(p.beta)));
  const isCut = z.map(({ high }) => p.activation === "relu" && high <= 0);
  const dz = Array.from(dy, (g, i) => wide(isCut[i] ? 0 : g));
  const dBeta = sum(dz);
  const dGamma = sum(dz.map((g, i) => multiply(g, xHat[i])));
  const m = wide(x.length);
  // dx = gamma / sqrt(variance + eps) (dz - dbeta / m - x-hat dgamma / m); in inference the first term alone
  const centred = (g: Wide, h: Wide) => subtract(subtract(g, divide(dBeta, m)), divide(multiply(h, dGamma), m));
  const scale = divide(gamma, std);
  const dx = dz.map((g, i) => multiply(scale, fixed === null ? centred(g, xHat[i]) : g));
  return { mean, variance, y: z.map((value, i) => (isCut[i] ? wide(0) : value)), dx, dGamma, dBeta };
}
