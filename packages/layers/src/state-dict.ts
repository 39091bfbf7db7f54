import { type DType, describe, describeShape, StateDictError } from "@batchnorm/core";

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

/** What may be loaded: typed arrays or plain arrays of numbers; the counter as number or bigint (int64). */
export interface LoadableStateDict {
  readonly weight?: ArrayLike<number>;
  readonly bias?: ArrayLike<number>;
  readonly running_mean?: ArrayLike<number>;
  readonly running_var?: ArrayLike<number>;
  readonly num_batches_tracked?: number | bigint;
}

/** The keys that did not fit. */
export interface KeyReport {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly misshaped: readonly string[];
}

/** What a layer's state looks like. */
export interface ExpectedState {
  /** the keys of its tensors */
  readonly names: readonly string[];
  readonly channels: number;
  readonly dtype: DType;
  /** whether it counts batches */
  readonly tracks: boolean;
}

const counter = "num_batches_tracked";

/**
 * Compares a state dictionary with the keys of a layer.
 *
 * @param layer the layer's class, for the message
 * @param expected what the layer holds; a dictionary without the counter is accepted
 * @throws StateDictError where `strict` and any key is missing, unexpected or misshaped
 */
export function checkStateDict(
  dict: LoadableStateDict,
  layer: string,
  expected: ExpectedState,
  strict: boolean,
): KeyReport {
  const { names, tracks } = expected;
  if (typeof dict !== "object" || dict === null || Array.isArray(dict) || ArrayBuffer.isView(dict)) {
    throw new StateDictError(`expected a state dictionary such as { ${names.join(", ")} }, got ${describe(dict)}`, {
      missing: names,
      unexpected: [],
      misshaped: [],
    });
  }
  const values = dict as Record<string, unknown>;
  const problems = new Map<string, string>();
  for (const name of names) {
    const problem = name in values ? problemOf(name, values[name], expected) : null;
    if (problem !== null) problems.set(name, problem);
  }
  if (tracks && counter in values && !isCount(values[counter])) {
    problems.set(counter, sizeMismatch(counter, `expected a non-negative integer, got ${describe(values[counter])}`));
  }
  const report = {
    missing: names.filter((name) => !(name in values)),
    unexpected: Object.keys(values).filter((key) => !names.includes(key) && !(tracks && key === counter)),
    misshaped: [...problems.keys()],
  };
  const clean = report.missing.length + report.unexpected.length + report.misshaped.length === 0;
  if (strict && !clean) throw new StateDictError(messageOf(layer, report, problems), report);
  return report;
}

function problemOf(name: string, value: unknown, { channels, dtype }: ExpectedState): string | null {
  const isArray = Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;
  if (!isArray) {
    const fromJson = typeof value === "object" && value !== null && "0" in value;
    const hint = fromJson ? "; JSON turns a typed array into an object: store Array.from(values)" : "";
    const what = `expected ${channels} numbers as an array or typed float array, got ${describe(value)}${hint}`;
    return sizeMismatch(name, what);
  }
  if (value.length !== channels) {
    return sizeMismatch(
      name,
      `expected shape ${describeShape([channels])}, got shape ${describeShape([value.length])}`,
    );
  }
  const at = Array.isArray(value) ? value.findIndex((entry) => typeof entry !== "number") : -1;
  if (at >= 0) return wrongValue(name, `expected numbers, got ${describe((value as unknown[])[at])} at index ${at}`);
  return problemOfNumbers(name, value, dtype);
}

/** NaN and infinities are left alone: they are what a layer holds whose training diverged. */
function problemOfNumbers(name: string, numbers: ArrayLike<number>, dtype: DType): string | null {
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number;
    if (name === "running_var" && number < 0)
      return wrongValue(name, `expected variances >= 0, got ${number} at index ${i}`);
    if (dtype === "float32" && Number.isFinite(number) && !Number.isFinite(Math.fround(number))) {
      return wrongValue(name, `expected numbers that float32 can hold, got ${number} at index ${i}`);
    }
  }
  return null;
}

function sizeMismatch(name: string, what: string): string {
  return `size mismatch for ${name}: ${what}.`;
}

function wrongValue(name: string, what: string): string {
  return `wrong value for ${name}: ${what}.`;
}

function isCount(value: unknown): boolean {
  return (typeof value === "number" || typeof value === "bigint") && Number.isSafeInteger(Number(value)) && value >= 0;
}

function messageOf(layer: string, report: KeyReport, problems: ReadonlyMap<string, string>): string {
  const lines = [`Error(s) in loading state_dict for ${layer}:`];
  const quoted = (keys: readonly string[]) => keys.map((key) => JSON.stringify(key)).join(", ");
  if (report.missing.length > 0) lines.push(`Missing key(s) in state_dict: ${quoted(report.missing)}.`);
  if (report.unexpected.length > 0) lines.push(`Unexpected key(s) in state_dict: ${quoted(report.unexpected)}.`);
  lines.push(...problems.values());
  lines.push(
    problems.size > 0
      ? "Nothing was loaded."
      : "Nothing was loaded; { strict: false } loads the keys that fit and reports the others.",
  );
  return lines.join("\n  ");
}
