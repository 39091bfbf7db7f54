import type { ErrorCode, GradientSums, Moments } from "@batchnorm/core";
import { describe } from "@batchnorm/core/checks";
import { expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";

/** Two channels: the mean of the first is 3, that of the second 5. */
const moments = [4, 3, 5, 0, 0, 8, 16];
const sums = [1, 2, 3, 4];

const imports = {
  importMoments: {
    right: moments,
    /** as long as no 1 + 3 C */
    lengths: [0, 1, 2, 3, 5, 6, 8],
    load: ({ backend }: Bench, values: Float64Array) => backend.importMoments(values),
  },
  importGradientSums: {
    right: sums,
    /** as long as no 2 C */
    lengths: [0, 1, 3, 5],
    load: ({ backend }: Bench, values: Float64Array) => backend.importGradientSums(values),
  },
} as const;

interface Import {
  readonly right: readonly number[];
  readonly lengths: readonly number[];
  readonly load: (bench: Bench, values: Float64Array) => Moments | GradientSums;
}

async function expectRefused(
  bench: Bench,
  [name, { load }]: readonly [string, Import],
  values: unknown,
  refusal: { readonly what: string; readonly code: readonly ErrorCode[]; readonly mentions: readonly string[] },
): Promise<void> {
  const work = () => load(bench, values as Float64Array);
  await expectRefusal(bench.backend, `${name}() of ${refusal.what}`, refusal, work);
}

async function askLengths(bench: Bench, one: readonly [string, Import]): Promise<void> {
  const [, { lengths, right }] = one;
  for (const length of lengths) {
    const values = Float64Array.from({ length }, (_, i) => right[i] ?? 0);
    const code = ["ERR_OPTION", "ERR_LENGTH", "ERR_SHAPE"] as const;
    await expectRefused(bench, one, values, { what: `${length} values`, code, mentions: [String(length)] });
  }
}

/** What other ends of a wire make of the array: typed arrays are objects in JSON, and bytes in a message. */
async function askKinds(bench: Bench, one: readonly [string, Import]): Promise<void> {
  const right = Float64Array.from(one[1].right);
  const kinds = [
    [...right],
    Float32Array.from(right),
    new Uint8Array(right.buffer),
    right.buffer,
    JSON.parse(JSON.stringify(right)) as unknown,
    JSON.stringify([...right]),
    undefined,
    null,
  ];
  for (const values of kinds) {
    const code = ["ERR_OPTION", "ERR_DTYPE"] as const;
    await expectRefused(bench, one, values, { what: describe(values), code, mentions: ["Float64Array"] });
  }
}

async function askCounts(bench: Bench): Promise<void> {
  for (const count of [-1, 0.5, 3.5, Number.NaN, Infinity, -Infinity]) {
    const values = Float64Array.from(moments).fill(count, 0, 1);
    const refusal = { what: `a count of ${count}`, code: ["ERR_OPTION"], mentions: [String(count)] } as const;
    await expectRefused(bench, ["importMoments", imports.importMoments], values, refusal);
  }
}

async function askSquares(bench: Bench): Promise<void> {
  for (const values of [
    [4, 3, 5, 0, 0, 8, -16],
    [4, 3, 5, 0, 0, -Infinity, 16],
  ]) {
    const refusal = { what: `[${values.join(", ")}]`, code: ["ERR_OPTION"], mentions: ["channel"] } as const;
    await expectRefused(bench, ["importMoments", imports.importMoments], Float64Array.from(values), refusal);
  }
}

/** A channel that has diverged is a channel all the same, and no values are a batch. */
async function askTaken({ backend, keep }: Bench): Promise<void> {
  for (const values of [
    [4, Number.NaN, 5, 0, 0, Number.NaN, 16],
    [4, Infinity, 5, 0, 0, Number.NaN, 16],
    [0, 0, 0, 0, 0, 0, 0],
  ]) {
    const { count } = keep(backend.importMoments(Float64Array.from(values)));
    expectThat(count === values[0], `moments that were imported with a count of ${values[0]} have one of ${count}`);
  }
  keep(backend.importGradientSums(Float64Array.of(Number.NaN, 2, Infinity, 4)));
}

export const importChecks = [
  ...Object.entries(imports).flatMap((one) => [
    ...benchChecks("imports-refused", `${one[0]}: lengths that no export has`, (bench) => askLengths(bench, one)),
    ...benchChecks("imports-refused", `${one[0]}: what is no Float64Array`, (bench) => askKinds(bench, one)),
  ]),
  ...benchChecks("imports-refused", "importMoments: counts that are none", askCounts),
  ...benchChecks("imports-refused", "importMoments: sums of squares that are none", askSquares),
  ...benchChecks("imports-refused", "NaN, infinities and empty batches are taken", askTaken),
];
