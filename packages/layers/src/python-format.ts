/**
 * A number as Python prints the same literal: with an exponent, of two digits at least, below 1e-4 and from 1e16 on.
 * Whole numbers have no point, as Python's integers.
 */
export function pythonNumber(value: number): string {
  const [digits, power] = value.toExponential().split("e") as [string, string];
  if (Number(power) >= -4 && Number(power) < 16) return String(value);
  return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

export function pythonBool(value: boolean): string {
  return value ? "True" : "False";
}
