import { type DType, StateDictError } from "@batchnorm/core";
import { awaitHint, conversionHint, describe, describeShape } from "@batchnorm/core/checks";
import { renaming } from "./foreign-keys.js";
import { hasRootIn, rootless } from "./variances.js";

/**
 * The state of a layer under PyTorch's names. A layer without affine parameters, bias or running statistics has no
 * such keys.
 */
export interface StateDict {
  weight?: Float32Array | Float64Array;
  bias?: Float32Array | Float64Array;
  running_mean?: Float32Array | Float64Array;
  running_var?: Float32Array | Float64Array;
  num_batches_tracked?: number;
}

/**
 * What may be loaded: typed arrays or plain arrays of numbers; the counter as number or bigint, also as the one element
 * of an array, which is how files give scalars of int64.
 */
export interface LoadableStateDict {
  readonly weight?: ArrayLike<number>;
  readonly bias?: ArrayLike<number>;
  readonly running_mean?: ArrayLike<number>;
  readonly running_var?: ArrayLike<number>;
  readonly num_batches_tracked?: number | bigint | ArrayLike<number> | ArrayLike<bigint>;
}

/** The keys that did not fit. */
export interface KeyReport {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  /** with another number of values than the layer has */
  readonly misshaped: readonly string[];
  /** with values that the layer cannot hold: no numbers, none of its type, variances of -eps or less, no count */
  readonly invalid: readonly string[];
}

/** What a layer's state looks like. */
export interface ExpectedState {
  /** the keys of its tensors */
  readonly names: readonly string[];
  readonly channels: number;
  readonly dtype: DType;
  readonly eps: number;
  /** whether it counts batches */
  readonly tracks: boolean;
}

/** What is wrong with the value of a key. */
interface Problem {
  readonly group: "misshaped" | "invalid";
  readonly text: string;
}

const counter = "num_batches_tracked";

/**
 * Compares a state dictionary with the keys of a layer.
 *
 * @param layer the layer's class, for the message
 * @param expected what the layer holds; a dictionary without the counter is accepted
 * @throws StateDictError where `strict` and any key is missing, unexpected, misshaped or invalid
 */
export function checkStateDict(
  dict: LoadableStateDict,
  layer: string,
  expected: ExpectedState,
  strict: boolean,
): KeyReport {
  const { names, tracks } = expected;
  checkDictionary(dict, names);
  const values = dict as Record<string, unknown>;
  const problems = new Map<string, Problem>();
  for (const name of names) {
    const problem = name in values ? problemOf(name, values[name], expected) : null;
    if (problem !== null) problems.set(name, problem);
  }
  const countProblem = tracks && counter in values ? problemOfCount(values[counter]) : null;
  if (countProblem !== null) problems.set(counter, countProblem);
  const of = (group: Problem["group"]) => [...problems.keys()].filter((name) => problems.get(name)?.group === group);
  const report = {
    missing: names.filter((name) => !(name in values)),
    unexpected: Object.keys(values).filter((key) => !names.includes(key) && !(tracks && key === counter)),
    misshaped: of("misshaped"),
    invalid: of("invalid"),
  };
  const clean = report.missing.length + report.unexpected.length + problems.size === 0;
  if (strict && !clean) throw new StateDictError(messageOf(layer, report, problems, values, expected), report);
  return report;
}

/** @throws StateDictError for what has no keys to compare */
function checkDictionary(dict: unknown, names: readonly string[]): void {
  const isObject = typeof dict === "object" && dict !== null && !Array.isArray(dict) && !ArrayBuffer.isView(dict);
  const hint = dictionaryHint(dict);
  if (isObject && hint === "") return;
  throw new StateDictError(
    `expected a state dictionary such as { ${names.join(", ")} }, got ${describe(dict)}${hint}`,
    { missing: names, unexpected: [], misshaped: [], invalid: [] },
  );
}

function dictionaryHint(dict: unknown): string {
  if (dict instanceof Map) return "; Object.fromEntries(map) makes one";
  const isLayer = typeof (dict as { stateDict?: unknown } | null | undefined)?.stateDict === "function";
  return isLayer ? "; await layer.stateDict() is one" : awaitHint(dict);
}

function problemOf(name: string, value: unknown, { channels, dtype, eps }: ExpectedState): Problem | null {
  const isArray = Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;
  if (!isArray && typeof value !== "number") {
    const came = `${describe(value)}${conversionHint(value)}`;
    return invalid(name, `expected ${channels} numbers as an array or typed float array, got ${came}`);
  }
  const expected = `expected shape ${describeShape([channels])}`;
  if (!isArray) return misshaped(name, `${expected}, got the single number ${value}`);
  if (value.length !== channels) return misshaped(name, `${expected}, got shape ${describeShape([value.length])}`);
  const at = Array.isArray(value) ? value.findIndex((entry) => typeof entry !== "number") : -1;
  if (at >= 0) return invalid(name, `expected numbers, got ${describe((value as unknown[])[at])} at index ${at}`);
  return problemOfNumbers(name, value, dtype, eps);
}

/** NaN and infinities are left alone: they are what a layer holds whose training diverged. */
function problemOfNumbers(name: string, numbers: ArrayLike<number>, dtype: DType, eps: number): Problem | null {
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number;
    if (name === "running_var" && !hasRootIn(dtype, number, eps)) return invalid(name, rootless(number, i, eps));
    if (dtype === "float32" && Number.isFinite(number) && !Number.isFinite(Math.fround(number))) {
      return invalid(name, `expected numbers that float32 can hold, got ${number} at index ${i}`);
    }
  }
  return null;
}

function problemOfCount(value: unknown): Problem | null {
  const { length } = elementsOf(value);
  if (length !== 1) return misshaped(counter, `expected one integer, got shape ${describeShape([length])}`);
  if (countOf(value) !== null) return null;
  return invalid(counter, `expected an integer from 0 to 2^53 - 1, got ${describe(elementsOf(value)[0])}`);
}

/** The counter as a number; null where it is none. */
export function countOf(value: unknown): number | null {
  const [count, ...more] = elementsOf(value);
  if (more.length > 0 || (typeof count !== "number" && typeof count !== "bigint")) return null;
  return Number.isSafeInteger(Number(count)) && count >= 0 ? Number(count) : null;
}

function elementsOf(value: unknown): readonly unknown[] {
  const isArray = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  return isArray ? Array.from(value as ArrayLike<unknown>) : [value];
}

function misshaped(name: string, what: string): Problem {
  return { group: "misshaped", text: `size mismatch for ${name}: ${what}.` };
}

function invalid(name: string, what: string): Problem {
  return { group: "invalid", text: `wrong value for ${name}: ${what}.` };
}

function messageOf(
  layer: string,
  { missing, unexpected }: KeyReport,
  problems: ReadonlyMap<string, Problem>,
  values: Readonly<Record<string, unknown>>,
  { names, tracks }: ExpectedState,
): string {
  const lines = [`Error(s) in loading state_dict for ${layer}:`];
  const quoted = (keys: readonly string[]) => keys.map((key) => JSON.stringify(key)).join(", ");
  if (missing.length > 0) lines.push(`Missing key(s) in state_dict: ${quoted(missing)}.`);
  if (unexpected.length > 0) lines.push(`Unexpected key(s) in state_dict: ${quoted(unexpected)}.`);
  lines.push(...[...problems.values()].map(({ text }) => text));
  const wanted = tracks && !(counter in values) ? [...missing, counter] : missing;
  const loadsSome = problems.size === 0 && missing.length < names.length;
  const partly = loadsSome ? "{ strict: false } loads the keys that fit and reports the others" : null;
  const remedies = [renaming(unexpected, wanted), partly].filter((remedy) => remedy !== null);
  lines.push(`${["Nothing was loaded", ...remedies].join("; ")}.`);
  return lines.join("\n  ");
}
