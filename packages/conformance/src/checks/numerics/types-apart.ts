import type { DType } from "@batchnorm/core";
import type { Check } from "../../check.js";
import type { Case } from "../../judging/case.js";
import { runCase } from "../../judging/run-case.js";
import { expectWithinBounds } from "../../judging/within-bounds.js";
import { typedChecks } from "../typed-checks.js";
import { batchOf, byChannel, ordinary, sizes, views } from "./batch.js";
import { passOf, results } from "./hard-case.js";

/** Thirds and sevenths: what float32 holds of them differs in the ninth digit. */
function* cases(data: DType, state: DType): Generator<Case> {
  for (const view of views) {
    const { channels } = view;
    const values = batchOf(view, ordinary, { seed: channels, values: data });
    // about the running mean, which in float32 would be another
    const near = { ...values, x: values.x.map((value) => 1e6 + value) };
    const statistics = {
      running_mean: byChannel(channels, (c) => 1e6 + (c - 1) / 3),
      running_var: byChannel(channels, () => 4 / 3),
    };
    const parameters = {
      weight: byChannel(channels, (c) => (c + 1) / 3),
      bias: byChannel(channels, (c) => (c - 2) / 7),
    };
    const name = `a state of ${state} beside data of ${data}, ${sizes(view)}`;
    const common = {
      about: name,
      options: { kind: "BatchNorm1d", numFeatures: channels, dtype: state },
      judges: results,
    } as const;
    yield {
      ...common,
      name,
      state: {
        ...parameters,
        running_mean: byChannel(channels, (c) => c / 3),
        running_var: byChannel(channels, () => 4 / 3),
        num_batches_tracked: 0,
      },
      steps: [{ do: "pass", pass: passOf("train", view, values), accumulate: false }],
    };
    yield {
      ...common,
      name: `${name}, in eval`,
      data: "offset",
      state: { ...parameters, ...statistics, num_batches_tracked: 0 },
      steps: [{ do: "pass", pass: passOf("eval", view, near), accumulate: false }],
    };
  }
}

/** Asked of backends that compute in float64; all compute in float32. */
export const typesApartChecks: readonly Check[] = (
  [
    ["float32", "float64"],
    ["float64", "float32"],
  ] as const
).flatMap(([data, state]) =>
  typedChecks(
    "types-apart",
    `a state of ${state} beside data of ${data}`,
    async (subject) => {
      for (const testCase of cases(data, state))
        await expectWithinBounds(subject, runCase(subject.backend, testCase, data));
    },
    { dtypes: ["float64"] },
  ),
);
