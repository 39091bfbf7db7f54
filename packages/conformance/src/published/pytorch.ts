/**
 * Cases that PyTorch computed, from the files that fixtures/pytorch/generate.py writes (their form: fixtures/README.md).
 */
import type { LoadableStateDict } from "@batchnorm/layers";
import type { Case, CaseOptions, ExpectedPass, ExpectedState, Mode, Pass, Step } from "../judging/case.js";
import type { DataClass } from "../judging/data-class.js";

/** A case with how PyTorch prints its layer. */
export interface PyTorchCase extends Case {
  readonly repr: string;
}

/** What is hard about the data of a case, by its name; cases.py says how they are drawn. */
const classes: readonly (readonly [RegExp, DataClass])[] = [
  [/^(offset-|tiny-deviation$)/, "offset"],
  [/^constant-/, "constant"],
  [/^outlier-/, "outlier"],
  [/^((tiny|denormal|large|huge)-values|extremes-)/, "extreme"],
];

/** The cases of one file, decoded. */
export function pytorchCases(file: PyTorchFile): PyTorchCase[] {
  return file.cases.map(({ name, about, options, repr, state, steps }) => ({
    name,
    about,
    options,
    data: classes.find(([pattern]) => pattern.test(name))?.[1] ?? "ordinary",
    repr,
    state: stateOf(state),
    steps: steps.map(stepOf),
  }));
}

/** A file as it is written. */
export interface PyTorchFile {
  readonly torch: string;
  readonly cases: readonly {
    readonly name: string;
    readonly about: string;
    readonly options: CaseOptions;
    readonly repr: string;
    readonly state: EncodedState;
    readonly steps: readonly EncodedStep[];
  }[];
}

interface Encoded {
  readonly f32?: string;
  readonly f64?: string;
  readonly shape?: readonly number[];
}

type EncodedState = Readonly<Record<string, Encoded | number>>;

interface EncodedCall {
  readonly x: Encoded;
  readonly dy?: Encoded;
  readonly expected: Readonly<Record<string, Encoded | number>>;
}

type EncodedStep =
  | ({ readonly do: Mode; readonly zeroGrad?: boolean } & EncodedCall)
  | ({ readonly do: "two-calls"; readonly calls: readonly ({ readonly mode: Mode } & EncodedCall)[] } & WithState)
  | ({ readonly do: "sgd"; readonly rate: number } & WithState)
  | ({ readonly do: "resetRunningStats" | "resetParameters" } & WithState)
  | ({ readonly do: "loadStateDict"; readonly state: EncodedState } & WithState);

interface WithState {
  readonly expected: Readonly<Record<string, Encoded | number>>;
}

function stepOf(step: EncodedStep): Step {
  const expected = expectedState(step.expected);
  switch (step.do) {
    case "two-calls":
      return { do: "passes", passes: step.calls.map((call) => passOf(call.mode, call)), expected };
    case "sgd":
      return { do: "step", rate: step.rate, expected };
    case "loadStateDict":
      return { do: "loadStateDict", state: stateOf(step.state), expected };
    case "resetRunningStats":
    case "resetParameters":
      return { do: step.do, expected };
    default:
      return { do: "pass", pass: passOf(step.do, step), accumulate: step.zeroGrad === false, expected };
  }
}

function passOf(mode: Mode, { x, dy, expected }: EncodedCall): Pass {
  const { y, dx, dweight, dbias } = expected;
  return {
    mode,
    shape: x.shape ?? [],
    x: decode(x),
    dy: dy === undefined ? null : decode(dy),
    expected: decoded({ y, dx, dweight, dbias }) as ExpectedPass,
  };
}

function expectedState(expected: WithState["expected"]): ExpectedState {
  const { weight, bias, runningMean: running_mean, runningVar: running_var, numBatchesTracked: count } = expected;
  const arrays = decoded({ weight, bias, running_mean, running_var });
  return typeof count === "number" ? { ...arrays, num_batches_tracked: count } : arrays;
}

/** The arrays among the values. */
function decoded(from: Readonly<Record<string, Encoded | number | undefined>>): Record<string, Float64Array> {
  const found = Object.entries(from).flatMap(([name, value]) =>
    typeof value === "object" ? [[name, decode(value) as Float64Array] as const] : [],
  );
  return Object.fromEntries(found);
}

function stateOf(state: EncodedState): LoadableStateDict {
  const entries = Object.entries(state).map(([name, value]) => [
    name,
    typeof value === "number" ? value : decode(value),
  ]);
  return Object.fromEntries(entries) as LoadableStateDict;
}

/** base64 of little-endian floats */
function decode({ f32, f64 }: Encoded): Float32Array | Float64Array {
  const view = bytesOf(f32 ?? f64 ?? "");
  if (f32 !== undefined) {
    return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }
  return Float64Array.from({ length: view.byteLength / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

function bytesOf(base64: string): DataView {
  const { atob } = globalThis as unknown as { atob(text: string): string };
  return new DataView(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer);
}
