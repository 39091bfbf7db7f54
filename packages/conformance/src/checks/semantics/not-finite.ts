/**
 * What becomes of a NaN and an infinity in x, of a NaN in the bias, and of a variance of 0 to which nothing is added. All
 * numbers have few digits, so that what is finite can be told by hand.
 */
import { type Activation, describeShape, type View, valuesPerChannel } from "@batchnorm/core";
import { type Check, expectThat } from "../../check.js";
import type { SentenceName } from "../../sentences.js";
import { type Bench, benchChecks } from "../bench.js";
import { shapeOf } from "../shape.js";
import { arranged } from "./by-channel.js";
import { expectNear } from "./expectations.js";

/** Long runs of a channel, channels side by side, short runs: several vectors, and what they leave over. */
const views: readonly View[] = [
  { outer: 2, channels: 3, inner: 37 },
  { outer: 23, channels: 3, inner: 1 },
  { outer: 5, channels: 3, inner: 3 },
];

const nameOf = (view: View) => `x of shape ${describeShape(shapeOf(view))}`;

/** Value `i` of channel `c`. */
type Fill = (c: number, i: number) => number;

const strangers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** A stranger at every third value of the first and the last channel; the one between them is ordinary. */
const holding =
  (stranger: number): Fill =>
  (c, i) =>
    c !== 1 && i % 3 === 1 ? stranger : (i % 5) - 1.5;

const gradient: Fill = (_, i) => 1 + (i % 4);

interface Parameters {
  readonly weight: readonly number[];
  readonly bias: readonly number[];
}

const parameters: Parameters = { weight: [2, -4, 1], bias: [0.25, -0.25, 0.125] };

/** A pass in eval, and back; the running mean is 0. */
interface Pass {
  readonly view: View;
  readonly x: Fill;
  readonly eps: number;
  /** the running variance */
  readonly variance: readonly number[];
  readonly parameters: Parameters | null;
  readonly activation: Activation;
}

const operations = ["y", "dx", "dweight", "dbias"] as const;
type Results = Readonly<Record<(typeof operations)[number], ArrayLike<number>>>;

/** What comes of it; without parameters there are no values of their gradients. */
async function inEval({ layer, keep, tensor }: Bench, pass: Pass): Promise<Results> {
  const { view, eps, variance, activation } = pass;
  const given = (fill: Fill) => tensor(laidOut(view, fill), shapeOf(view));
  const bn = layer(view.channels, { eps, activation, affine: pass.parameters !== null }).eval();
  bn.loadStateDict({ running_mean: variance.map(() => 0), running_var: variance, ...pass.parameters });
  const call = keep(bn.call(given(pass.x)));
  const [y, dx] = [keep(call.y), keep(call.backward(given(gradient)))];
  return {
    y: await y.data(),
    dx: await dx.data(),
    dweight: (await bn.weight?.grad.data()) ?? [],
    dbias: (await bn.bias?.grad.data()) ?? [],
  };
}

/** The same by hand. Where z is 0 or less ReLU stops the gradient; where it is NaN the gradient passes. */
function byHand({ view, x, eps, variance, parameters: p, activation }: Pass): Results {
  const std = (c: number) => Math.sqrt((variance[c] as number) + eps);
  const scale = (c: number) => (p?.weight[c] ?? 1) / std(c);
  const z: Fill = (c, i) => scale(c) * x(c, i) + (p?.bias[c] ?? 0);
  const stops = (value: number) => activation === "relu" && value <= 0;
  const dz: Fill = (c, i) => (stops(z(c, i)) ? 0 : gradient(c, i));
  const sums = (fill: Fill) => (p === null ? [] : byChannel(view, fill).map(sum));
  return {
    y: laidOut(view, (c, i) => (stops(z(c, i)) ? 0 : z(c, i))),
    dx: laidOut(view, (c, i) => scale(c) * dz(c, i)),
    dweight: sums((c, i) => (dz(c, i) * x(c, i)) / std(c)),
    dbias: sums(dz),
  };
}

function byChannel(view: View, fill: Fill): number[][] {
  const count = valuesPerChannel(view);
  return Array.from({ length: view.channels }, (_, c) => Array.from({ length: count }, (__, i) => fill(c, i)));
}

function laidOut(view: View, fill: Fill): number[] {
  return arranged(byChannel(view, fill), view.inner);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Expects some results by hand; where those are not finite, what came is not finite either, whatever it is. */
async function ask(bench: Bench, what: string, pass: Pass, asked: readonly (keyof Results)[]): Promise<void> {
  const [came, due] = [await inEval(bench, pass), byHand(pass)];
  const name = `${nameOf(pass.view)}, ${what}`;
  for (const operation of asked) {
    const [actual, expected] = [came[operation], due[operation]];
    const finite = (values: ArrayLike<number>) =>
      Array.from(values, (value, i) => (Number.isFinite(expected[i]) ? value : 0));
    await expectNear(bench, { name, mode: "eval", operation }, finite(actual), finite(expected));
    for (let i = 0; i < expected.length; i++) {
      expectThat(
        Number.isFinite(expected[i]) || !Number.isFinite(actual[i]),
        () => `${name}: ${operation}[${i}] is ${actual[i]}, expected what is not finite`,
      );
    }
  }
}

/** Of statistics with which z = weight x / 2 + bias. */
const halving = { eps: 3, variance: [1, 1, 1] };

function strangersInEval(sentence: SentenceName, activation: Activation): Check[] {
  return [parameters, null].flatMap((p) =>
    benchChecks(
      sentence,
      `NaN and infinities in x, in eval${p === null ? ", without parameters" : ""}`,
      async (bench) => {
        for (const view of views) {
          for (const stranger of strangers) {
            const pass = { view, x: holding(stranger), ...halving, parameters: p, activation };
            // behind ReLU a term of 0 times infinity may be left out of dweight
            await ask(
              bench,
              `with ${stranger}`,
              pass,
              activation === null ? ["dx", "dbias", "dweight"] : ["dx", "dbias"],
            );
          }
        }
      },
    ),
  );
}

/** In training one stranger makes every z of its channel NaN, so that all of dy passes. */
async function askTraining(bench: Bench, view: View, stranger: number): Promise<void> {
  const { backend, layer, keep, tensor, state } = bench;
  const x = tensor(laidOut(view, holding(stranger)), shapeOf(view));
  const dy = tensor(laidOut(view, gradient), shapeOf(view));
  const bn = layer(view.channels, { activation: "relu" });
  const call = keep(bn.call(x));
  keep(call.y);
  keep(call.backward(dy));
  const p = { weight: state(parameters.weight), bias: state(parameters.bias) };
  const o = { eps: 1, activation: "relu", out: null, needs: { dx: true, affine: true } } as const;
  const sums = keep(backend.gradientSums(dy, x, view, keep(backend.moments(x, view)), p, o));
  for (const [how, dbias] of [
    ["by a layer", (await bn.bias?.grad.data()) ?? []],
    ["by gradientSums()", (await backend.exportGradientSums(sums)).subarray(0, view.channels)],
  ] as const) {
    const name = `${nameOf(view)}, with ${stranger}, ${how}`;
    const ofStrangers = (values: ArrayLike<number>) => Array.from(values, (value, c) => (c === 1 ? 0 : value));
    const all = byChannel(view, gradient).map(sum);
    await expectNear(bench, { name, mode: "train", operation: "dbias" }, ofStrangers(dbias), ofStrangers(all));
  }
}

export const strangeGradientChecks: readonly Check[] = strangersInEval("eval-gradient", null);

export const strangeReluGradientChecks: readonly Check[] = [
  ...strangersInEval("relu-gradient", "relu"),
  ...benchChecks("relu-gradient", "NaN in the bias, in eval", async (bench) => {
    for (const view of views) {
      const p = { ...parameters, bias: [Number.NaN, 0.25, Number.NaN] };
      const pass = { view, x: holding(1), ...halving, parameters: p, activation: "relu" } as const;
      await ask(bench, "with NaN in the bias", pass, ["dx", "dweight", "dbias"]);
    }
  }),
  ...benchChecks("relu-gradient", "NaN and infinities in x, in training", async (bench) => {
    for (const view of views) for (const stranger of strangers) await askTraining(bench, view, stranger);
  }),
];

export const dividedByZeroChecks: readonly Check[] = benchChecks(
  "eps-zero",
  "in eval what a variance of 0 divides is not finite",
  async (bench) => {
    // below the mean, at it, above it
    const x: Fill = (_, i) => (i % 3) - 1;
    const common = { x, eps: 0, variance: [0, 4, 0], activation: null };
    for (const view of views) {
      for (const p of [parameters, null]) {
        await ask(bench, "with variances of 0, 4, 0", { view, parameters: p, ...common }, operations);
      }
    }
  },
);
