import { type View, valuesPerChannel } from "@batchnorm/core";
import { type Check, expectThat } from "../../check.js";
import { benchChecks } from "../bench.js";
import { shapeOf } from "../shape.js";
import { expectUnchanged, expectValue, expectValues, type Named } from "../values.js";
import { type Batch, batchOf, sizes } from "./batch.js";
import { layerResults, type Setting } from "./layer-results.js";

const views: readonly View[] = [
  { outer: 3, channels: 3, inner: 20 },
  { outer: 70, channels: 3, inner: 1 },
  { outer: 2, channels: 3, inner: 150 },
  { outer: 6, channels: 3, inner: 7 },
];

/** The channel that is spoilt: in each view another one. */
function oddOf({ outer, channels }: View): number {
  return outer % channels;
}

/** Where value `i` of the odd channel stands in memory. */
function positionOf(view: View, i: number): number {
  const { channels, inner } = view;
  const odd = oddOf(view);
  return (Math.floor(i / inner) * channels + odd) * inner + (i % inner);
}

/** Whether a value belongs to another channel. */
function elsewhere(view: View) {
  const { channels, inner } = view;
  const odd = oddOf(view);
  return (result: string, index: number): boolean => {
    if (result === "moments") return index === 0 || (index - 1) % channels !== odd;
    return (result === "y" || result === "dx" ? Math.floor(index / inner) % channels : index) !== odd;
  };
}

/** The batch with values of its odd channel replaced. */
function spoilt(batch: Batch, which: "x" | "dy", places: readonly number[], value: number): Batch {
  const values = batch[which].slice();
  for (const i of places) values[positionOf(batch.view, i)] = value;
  return { ...batch, [which]: values };
}

/** First, second and last value of a channel, or all of them. */
const someOrAll = (count: number) => [[0], [1], [count - 1], Array.from({ length: count }, (_, i) => i)];

const settings = [
  { mode: "train", activation: null },
  { mode: "train", activation: "relu" },
  { mode: "eval", activation: null },
  { mode: "eval", activation: "relu" },
] as const;

const describe = (value: number) => (Number.isFinite(value) ? `values of ${value}` : String(value));

function apart(
  which: "x" | "dy",
  value: number,
  own?: (view: View, ran: Named, setting: Setting, at: readonly number[]) => void,
): Check[] {
  return benchChecks("channels-apart", `${describe(value)} in ${which}`, async (bench) => {
    for (const view of views) {
      const batch = batchOf(view, (random, c) => c + random.normal(), { seed: 71 });
      for (const { mode, activation } of settings) {
        const setting = { mode, activation };
        const whole = await layerResults(bench, batch, setting);
        for (const places of someOrAll(valuesPerChannel(view))) {
          const ran = await layerResults(bench, spoilt(batch, which, places, value), setting);
          const first = places[0] as number;
          const where = `${sizes(view)}, ${describe(value)} in ${which} of channel ${oddOf(view)} from its value ${first} on, in ${mode}`;
          expectUnchanged(where, ran, whole, elsewhere(view));
          own?.(view, ran, setting, places);
        }
      }
    }
  });
}

/** What is not finite shows in its own channel: the mean of infinities of one sign is that infinity, all else NaN. */
const shows =
  (mean: number) =>
  (
    view: View,
    { y = [], running_mean = [], running_var = [] }: Named,
    { mode }: Setting,
    at: readonly number[],
  ): void => {
    const odd = oddOf(view);
    if (mode === "train") {
      expectValue(`${sizes(view)}: running_mean[${odd}]`, running_mean[odd], mean);
      expectValue(`${sizes(view)}: running_var[${odd}]`, running_var[odd], Number.NaN);
    }
    const count = mode === "train" ? valuesPerChannel(view) : at.length;
    for (let i = 0; i < count; i++) {
      const position = positionOf(view, mode === "train" ? i : (at[i] as number));
      expectThat(
        Number.isNaN(y[position]),
        () => `${sizes(view)}: y[${position}] is ${y[position]} in ${mode}, expected NaN`,
      );
    }
  };

export const channelsApartChecks: readonly Check[] = [
  ...apart("x", Number.NaN, shows(Number.NaN)),
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap((value) =>
    apart("x", value, (view, ran, setting, at) => {
      if (setting.mode === "train") shows(value)(view, ran, setting, at);
    }),
  ),
  ...benchChecks("channels-apart", "infinities of both signs in x", async (bench) => {
    for (const view of views) {
      const batch = batchOf(view, (random, c) => c + random.normal(), { seed: 71 });
      const last = valuesPerChannel(view) - 1;
      for (const [first, second] of [
        [Infinity, -Infinity],
        [-Infinity, Infinity],
      ] as const) {
        const values = spoilt(spoilt(batch, "x", [0], first), "x", [last], second);
        const setting = { mode: "train", activation: null } as const;
        shows(Number.NaN)(view, await layerResults(bench, values, setting), setting, []);
      }
    }
  }),
  ...[0, 1e6, 1e30, -1e-30].flatMap((value) => apart("x", value)),
  ...[Number.NaN, Number.POSITIVE_INFINITY, 1e30].flatMap((value) => apart("dy", value)),
  ...benchChecks("channels-apart", "infinities in eval keep their sign", async ({ layer, keep, tensor }) => {
    const bn = layer(2, { eps: 3 }).eval();
    // y = x / 2 weight + bias
    bn.loadStateDict({ running_mean: [0, 0], running_var: [1, 1], weight: [2, -4], bias: [1, 0] });
    const x = [Infinity, 1, -Infinity, Infinity, 1, -Infinity, 0, 2];
    const y = await keep(bn.forward(tensor(x, [4, 2]))).data();
    expectValues("y", y, [Infinity, -2, -Infinity, -Infinity, 2, Infinity, 1, -4]);
  }),
  ...benchChecks("channels-apart", "huge and tiny neighbours", async (bench) => {
    for (const view of views) {
      for (const size of [1e18, 1e-23]) {
        const ordinary = batchOf(view, (random) => random.normal(), { seed: 73 });
        const scaled = {
          ...ordinary,
          x: ordinary.x.map((value, at) =>
            Math.floor(at / view.inner) % view.channels === oddOf(view) ? value * size : value,
          ),
        };
        const setting = { mode: "train", activation: null } as const;
        const [ran, whole] = [await layerResults(bench, scaled, setting), await layerResults(bench, ordinary, setting)];
        expectUnchanged(`${sizes(view)}, channel ${oddOf(view)} of ${size}`, ran, whole, elsewhere(view));
      }
    }
  }),
  // so many that also float32 values may have to be summed a second time
  ...benchChecks(
    "channels-apart",
    "an outlier that comes first of a million values",
    async ({ backend, keep, tensor }) => {
      const count = 2 ** 20 + 3;
      for (const view of [
        { outer: count, channels: 3, inner: 1 },
        { outer: 1, channels: 3, inner: count },
      ]) {
        const batch = batchOf(view, (random) => 3 + random.uniform(), { seed: 173 });
        const moments = async ({ x }: Batch) => {
          const of = keep(backend.moments({ x: tensor(x, shapeOf(view)), view }));
          return { moments: await of.export() };
        };
        const [ran, whole] = [await moments(spoilt(batch, "x", [0], 1e6)), await moments(batch)];
        expectUnchanged(`${sizes(view)}, 1e6 first in channel ${oddOf(view)}`, ran, whole, elsewhere(view));
      }
    },
    { large: true },
  ),
];
