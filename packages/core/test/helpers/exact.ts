/**
 * Exact sums of float64: every finite one is an integer number of 2^-1074, so that BigInt adds, multiplies and compares
 * them without rounding.
 */
const denominatorBits = 1074n;

const bits = new DataView(new ArrayBuffer(8));

/** x in units of 2^-1074 */
function units(x: number): bigint {
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const exponent = (word >> 52n) & 0x7ffn;
  const fraction = word & 0xfffffffffffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return word >> 63n ? -magnitude : magnitude;
}

/** numerator / denominator, to the last bits of a float64 */
function quotient(numerator: bigint, denominator: bigint): number {
  if (numerator < 0n) return -quotient(-numerator, denominator);
  if (numerator === 0n) return 0;
  const shift = 64n - BigInt(numerator.toString(2).length - denominator.toString(2).length);
  const scaled = shift >= 0n ? (numerator << shift) / denominator : numerator / (denominator << -shift);
  return Number(scaled) * 2 ** -Number(shift);
}

/** The mean and the biased variance, from exact sums, each rounded once. */
export function exactStatistics(x: Iterable<number>): { mean: number; variance: number } {
  let m = 0n;
  let sum = 0n;
  let squares = 0n;
  for (const value of x) {
    const u = units(value);
    m++;
    sum += u;
    squares += u * u;
  }
  const one = 1n << denominatorBits;
  return { mean: quotient(sum, m * one), variance: quotient(m * squares - sum * sum, m * m * one * one) };
}
