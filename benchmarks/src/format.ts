/** A time of so many milliseconds with three significant digits and a unit that fits: `41.2 µs`, `1.07 ms`, `2.50 s`. */
export function formatTime(milliseconds: number): string {
  if (milliseconds < 0.9995) return `${threeDigits(milliseconds * 1000)} µs`;
  return milliseconds < 999.5 ? `${threeDigits(milliseconds)} ms` : `${threeDigits(milliseconds / 1000)} s`;
}

/** A positive ratio of times with two significant digits, which is what such ratios are good for: `210`, `95`, `3.1`. */
export function formatRatio(ratio: number): string {
  if (ratio >= 9.95) return String(Number(ratio.toPrecision(2)));
  return ratio.toFixed(ratio >= 0.995 ? 1 : 2);
}

/** A positive number with three significant digits, and no exponent. */
function threeDigits(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value >= 9.995 ? 1 : 2);
}
