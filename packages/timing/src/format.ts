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

/** A number of bytes with three significant digits and a unit that fits, of 1000: `784 B`, `1.02 KB`, `401 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  const unit = units.findIndex((_, at) => bytes < 999.5 * 1000 ** at || at === units.length - 1);
  return `${unit === 0 ? Math.round(bytes) : threeDigits(bytes / 1000 ** unit)} ${units[unit]}`;
}

/** GB/s with three significant digits, at most two after the point. */
export function formatSpeed(gigabytesPerSecond: number): string {
  return `${threeDigits(gigabytesPerSecond)} GB/s`;
}

/** A share of one as percent: `41 %`, `0.4 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent >= 0.95 || percent === 0 ? Math.round(percent) : percent.toPrecision(1)} %`;
}

/** What a ratio of times says: `12 % longer`, `3.1 times as long`, `8 % less time`, `as long`. */
export function changed(ratio: number): string {
  if (ratio >= 2) return `${formatRatio(ratio)} times as long`;
  const percent = Math.round(Math.abs(ratio - 1) * 100);
  if (percent === 0) return "as long";
  return ratio > 1 ? `${percent} % longer` : `${percent} % less time`;
}
