import { type DType, type Layout, sizeOf } from "@batchnorm/core";
import { layouts } from "@batchnorm/core/checks";
import type { BenchmarkCase } from "@batchnorm/timing";
import { caseId } from "@batchnorm/timing";
import { distance } from "fastest-levenshtein";
import { CaseNameError } from "../errors.js";
import { layoutsOf, shapeFrom } from "./expand.js";
import { allCases, setNames } from "./sets.js";

/** Which of the named cases: those of one layout, of one type. Of a shape in numbers: both layouts and float32 unless told. */
export interface CaseChoice {
  readonly layout?: Layout;
  readonly dtype?: DType;
}

/** backends take no more elements, so that positions are int32 */
const mostElements = 2 ** 30;

/**
 * The cases that a word of a command line means.
 *
 * - a set, or parts of an id in its order: `resnet50`, `resnet50/b32`, `resnet50/b32/64x56x56`, `b1/channels-last`; a whole id is that case alone
 * - a shape in numbers, batch x channels x plane: `32x64x56x56`, `256x512`
 *
 * @throws CaseNameError where it means none, with the names that are near
 */
export function caseNamed(text: string, choice: CaseChoice = {}): BenchmarkCase[] {
  const numbers = shapeInNumbers(text);
  if (numbers !== null) return fromNumbers(text, numbers, choice);
  const named = allCases().filter((testCase) => isPartOf(text, caseId(testCase)));
  if (named.length === 0) throw new CaseNameError(unknown(text));
  const chosen = named.filter(
    ({ shape, layout, dtype }) =>
      (choice.layout === undefined || shape.length === 2 || layout === choice.layout) &&
      (choice.dtype === undefined || dtype === choice.dtype),
  );
  const exact = chosen.filter((testCase) => caseId(testCase) === text);
  if (chosen.length > 0) return exact.length > 0 ? exact : chosen;
  const wanted = [choice.layout, choice.dtype].filter((option) => option !== undefined).join(" and ");
  throw new CaseNameError(
    `${JSON.stringify(text)} has no case with ${wanted}; expected what it has: ${listed([...new Set(named.map(caseId))])}. Numbers take every layout and type, as in 32x64x56x56`,
  );
}

/** The cases that several words mean, each once. @throws CaseNameError where one of them means none */
export function casesNamed(texts: readonly string[], choice: CaseChoice = {}): BenchmarkCase[] {
  const named = texts.flatMap((text) => caseNamed(text, choice));
  return [...new Map(named.map((testCase) => [caseId(testCase), testCase])).values()];
}

/** Two, four or five numbers are a shape; one, or three, are channels and a plane, as in an id. */
function shapeInNumbers(text: string): number[] | null {
  if (!/^\d+(x\d+)+$/.test(text)) return null;
  const numbers = text.split("x").map(Number);
  return numbers.length === 3 ? null : numbers;
}

function fromNumbers(text: string, numbers: readonly number[], choice: CaseChoice): BenchmarkCase[] {
  const [batch = 0, channels = 0, ...spatial] = numbers;
  const refuse = (why: string) => {
    throw new CaseNameError(
      `${text} ${why}; expected batch x channels x plane, such as 256x512, 32x64x56x56 or 2x64x16x56x56`,
    );
  };
  if (numbers.length > 5) refuse(`has ${numbers.length} sizes`);
  if (numbers.includes(0)) refuse("has a size of 0");
  if (sizeOf(numbers) > mostElements) refuse(`has ${sizeOf(numbers)} elements, more than the 2^30 that backends take`);
  if (sizeOf(numbers) === channels) refuse("has one value per channel, of which training makes no statistics");
  return layoutsOf(spatial, choice.layout === undefined ? layouts : [choice.layout]).map((layout) => ({
    name: text,
    set: "given",
    times: 1,
    about: "given in numbers",
    shape: shapeFrom(batch, channels, spatial, layout),
    layout,
    dtype: choice.dtype ?? "float32",
    quick: false,
  }));
}

/** Whether all parts of a name occur in an id, in its order. */
function isPartOf(name: string, id: string): boolean {
  const parts = id.split("/");
  let from = 0;
  return name.split("/").every((part) => {
    from = parts.indexOf(part, from) + 1;
    return from > 0;
  });
}

function unknown(text: string): string {
  const near = nearest(text);
  const meant = near.length === 0 ? "" : `; near it: ${near.join(", ")}`;
  return `there is no case ${JSON.stringify(text)}${meant}; expected a set (${setNames().join(", ")}), parts of an id such as resnet50/b32/64x56x56, or numbers such as 32x64x56x56`;
}

/** The beginnings of ids that at most a third of the letters tell from this one, the nearest first. */
function nearest(text: string): string[] {
  const beginnings = allCases().flatMap((testCase) => {
    const parts = caseId(testCase).split("/");
    return parts.map((_, end) => parts.slice(0, end + 1).join("/"));
  });
  return [...new Set(beginnings)]
    .map((name) => ({ name, away: distance(text.toLowerCase(), name) }))
    .filter(({ name, away }) => away <= Math.ceil(Math.max(text.length, name.length) / 3))
    .sort((a, b) => a.away - b.away)
    .slice(0, 3)
    .map(({ name }) => name);
}

function listed(all: readonly string[]): string {
  const most = 4;
  return all.length <= most ? all.join(", ") : `${all.slice(0, most).join(", ")} and ${all.length - most} more`;
}
