import pc from "picocolors";
import { wrapped } from "../output.js";

// picocolors also turns colours on where CI is set; what is piped or written to a file must stay plain
const colours = pc.createColors(
  pc.isColorSupported && (process.stdout.isTTY === true || Boolean(process.env.FORCE_COLOR)),
);

/** The width that a lesson is written for. */
const columns = 79;

/** Decimals of computed numbers. */
export const decimals = 4;

/** A number with a fixed number of decimals; never "-0.0000". Where that takes too much room, with an exponent. */
export function fixed(value: number, places: number = decimals): string {
  if (Math.abs(value) >= 1e8) return value.toExponential(places);
  const text = value.toFixed(places);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** A title or a heading. */
export function bold(text: string): string {
  return colours.bold(text);
}

/** Formulas and numbers, set off from the text. */
export function formulas(...lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join("\n");
}

/** What belongs to a channel, in the channel's colour. */
export function inColourOf(c: number, text: string): string {
  const palette = [colours.cyan, colours.yellow, colours.magenta];
  return (palette[c % palette.length] as (text: string) => string)(text);
}

/** Text, broken into lines between words. */
export function paragraph(text: string): string {
  return wrapped(text, columns, "");
}
