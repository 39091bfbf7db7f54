import cpu from "./generated/bounds/cpu.js";
import tfjsCpu from "./generated/bounds/tfjs-cpu.js";
import tfjsCpuCpu from "./generated/bounds/tfjs-cpu-cpu.js";
import tfjsTensorflow from "./generated/bounds/tfjs-tensorflow.js";
import tfjsTensorflowImprecise from "./generated/bounds/tfjs-tensorflow-imprecise.js";
import tfjsTensorflowOnednn from "./generated/bounds/tfjs-tensorflow-onednn.js";
import tfjsWasm from "./generated/bounds/tfjs-wasm.js";
import tfjsWebgl from "./generated/bounds/tfjs-webgl.js";
import tfjsWebgpu from "./generated/bounds/tfjs-webgpu.js";
import wasm from "./generated/bounds/wasm.js";
import type { Bounds, BoundsRow, Operation } from "./judging/bounds.js";
import type { Goals } from "./measured.js";
import type { RequirementName } from "./requirements.js";
import type { Unsupported } from "./suite.js";

/** A backend's part of the committed table, as `npm run bounds` measures and writes it to bounds/. */
interface Measurements {
  /** what it is never allowed beyond */
  readonly goals: Goals;
  /** the checks that it does not pass, by their requirements, with the reasons */
  readonly unsupported: readonly {
    readonly reason: string;
    readonly checks: Readonly<Partial<Record<RequirementName, readonly string[]>>>;
  }[];
  readonly bounds: Bounds;
}

const table = {
  cpu,
  wasm,
  "tfjs-cpu": tfjsCpu,
  "tfjs-cpu-cpu": tfjsCpuCpu,
  "tfjs-wasm": tfjsWasm,
  "tfjs-webgl": tfjsWebgl,
  "tfjs-webgpu": tfjsWebgpu,
  "tfjs-tensorflow": tfjsTensorflow,
  "tfjs-tensorflow-onednn": tfjsTensorflowOnednn,
  "tfjs-tensorflow-imprecise": tfjsTensorflowImprecise,
} as Readonly<Record<string, Measurements>>;

/** Those that the table has. */
export const judgedBackends: readonly string[] = Object.keys(table);

function of(backend: string): Measurements {
  const found = table[backend];
  if (found === undefined) {
    throw new Error(`the table of bounds has ${Object.keys(table).join(", ")}, but no ${backend}`);
  }
  return found;
}

/**
 * The bounds of a backend of this project, by type, reference and class of data: at most twice what was measured.
 *
 * @throws Error for a backend that the table does not have
 */
export function boundsOf(backend: string): Bounds {
  return of(backend).bounds;
}

/**
 * The goals that a backend of this project was given, by operation.
 *
 * @throws Error for a backend that the table does not have
 */
export function goalsOf(backend: string): Goals {
  return of(backend).goals;
}

/**
 * The checks that a backend of this project does not pass, with the reasons.
 *
 * @throws Error for a backend that the table does not have
 */
export function unsupportedOf(backend: string): readonly Unsupported[] {
  return of(backend).unsupported.flatMap(({ reason, checks }) =>
    Object.entries(checks).flatMap(([requirement, names]) =>
      names.map((check) => ({ requirement: requirement as RequirementName, check, reason })),
    ),
  );
}

/** The widest goals of any engine in float32: a float32 application of exact statistics reaches 2.2 ulp in y. */
const widest = { y: 2, dx: 4 } as const;

/** What sums up over a sequence of steps, against values that were published for the whole of it. */
const overSequences = 2;

/**
 * What sums in float64 may lose that are made one value after the other, without compensation or blocks: 14 of 53 bits on
 * tens of thousands of values of which most are equal, so that their roundings are too (dx is 8,500 ulp off that way), 16
 * on the ten million values of a long channel, whose sum of squares alone is 18,300 ulp off. What was rounded to float32
 * on its way is off by 2^29 and more.
 */
const plainSums = ({ data }: BoundsRow) => (data === "long" ? 2 ** 16 : 2 ** 14);

/**
 * The bounds that a good backend keeps, for those that have none of their own: in float32 the widest goals, y 2, dx 4,
 * all else 2, and twice that over whole sequences; in float64 what sums reach that add one value after the other.
 */
export const goals: Bounds = boundsOf("cpu").map((row) => {
  const factor = row.against === "published" ? overSequences : 1;
  const wide = (operation: string) =>
    row.dtype === "float64" ? plainSums(row) : factor * (widest[operation as keyof typeof widest] ?? 2);
  const ulp = Object.fromEntries(Object.keys(row.ulp).map((operation) => [operation as Operation, wide(operation)]));
  return { ...row, ulp };
});
