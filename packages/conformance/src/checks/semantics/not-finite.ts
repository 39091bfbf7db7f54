/**
 * What becomes of NaN and infinities in x, in dy and in the bias, and of a variance of 0 to which nothing is added. All
 * numbers have few digits, so that what is finite can be told by hand.
 */
import { type Activation, type View, valuesPerChannel } from "@batchnorm/core";
import { describeShape } from "@batchnorm/core/checks";
import { type Check, expectThat } from "../../check.js";
import type { Case } from "../../judging/case.js";
import type { RequirementName } from "../../requirements.js";
import { type Bench, benchChecks } from "../bench.js";
import { caseChecks } from "../case-check.js";
import { shapeOf } from "../shape.js";
import { interleaved } from "./by-channel.js";
import { expectNear } from "./expectations.js";
import { passStep } from "./short-case.js";

/** Long runs of a channel, channels side by side, short runs: several vectors, and what they leave over. */
const views: readonly View[] = [
  { outer: 2, channels: 3, inner: 37 },
  { outer: 23, channels: 3, inner: 1 },
  { outer: 5, channels: 3, inner: 3 },
];

/** The same with fours of values per channel, whose sums no type rounds. */
const viewsOfFours: readonly View[] = [
  { outer: 2, channels: 3, inner: 38 },
  { outer: 24, channels: 3, inner: 1 },
  { outer: 4, channels: 3, inner: 3 },
];

const nameOf = (view: View) => `x of shape ${describeShape(shapeOf(view))}`;

/** Value `i` of channel `c`. */
type Fill = (c: number, i: number) => number;

const strangers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

const plain: Fill = (_, i) => (i % 5) - 1.5;
const gradient: Fill = (_, i) => 1 + (i % 4);

/** A stranger at every third value of the first and the last channel; the one between them is as it was. */
const holding =
  (stranger: number, fill: Fill): Fill =>
  (c, i) =>
    c !== 1 && i % 3 === 1 ? stranger : fill(c, i);

interface Parameters {
  readonly weight: readonly number[];
  readonly bias: readonly number[];
}

const parameters: Parameters = { weight: [2, -4, 1], bias: [0.25, -0.25, 0.125] };

/** A pass in eval, and back; the running mean is 0. */
interface Pass {
  readonly view: View;
  readonly x: Fill;
  readonly dy: Fill;
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
  const [y, dx] = [keep(call.y), keep(call.backward(given(pass.dy)))];
  return {
    y: await y.data(),
    dx: await dx.data(),
    dweight: (await bn.weight?.grad.data()) ?? [],
    dbias: (await bn.bias?.grad.data()) ?? [],
  };
}

/** The same by hand. Where z is 0 or less ReLU stops the gradient; where it is NaN the gradient passes. */
function byHand({ view, x, dy, eps, variance, parameters: p, activation }: Pass): Results {
  const std = (c: number) => Math.sqrt((variance[c] as number) + eps);
  const scale = (c: number) => (p?.weight[c] ?? 1) / std(c);
  const z: Fill = (c, i) => scale(c) * x(c, i) + (p?.bias[c] ?? 0);
  const stops = (value: number) => activation === "relu" && value <= 0;
  const dz: Fill = (c, i) => (stops(z(c, i)) ? 0 : dy(c, i));
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
  return interleaved(byChannel(view, fill), view.inner);
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

/** A check of a layer with parameters and one of a layer without, each in every view and with every stranger. */
function inEvalChecks(
  requirement: RequirementName,
  name: string,
  activation: Activation,
  fills: (stranger: number) => Pick<Pass, "x" | "dy">,
  asked: readonly (keyof Results)[],
): Check[] {
  return [parameters, null].flatMap((p) =>
    benchChecks(requirement, `${name}, in eval${p === null ? ", without parameters" : ""}`, async (bench) => {
      for (const view of views) {
        for (const stranger of strangers) {
          const pass = { view, ...fills(stranger), ...halving, parameters: p, activation };
          await ask(bench, `with ${stranger}`, pass, asked);
        }
      }
    }),
  );
}

const inX = (stranger: number) => ({ x: holding(stranger, plain), dy: gradient });
const inGradient = (stranger: number) => ({ x: plain, dy: holding(stranger, gradient) });

/** In training one stranger makes every z of its channel NaN, so that all of dy passes. */
async function askTraining(bench: Bench, view: View, stranger: number): Promise<void> {
  const { backend, layer, keep, tensor, state } = bench;
  const x = tensor(laidOut(view, holding(stranger, plain)), shapeOf(view));
  const dy = tensor(laidOut(view, gradient), shapeOf(view));
  const bn = layer(view.channels, { activation: "relu" });
  const call = keep(bn.call(x));
  keep(call.y);
  keep(call.backward(dy));
  const p = { weight: state(parameters.weight), bias: state(parameters.bias) };
  const pass = { x, view, ...p, eps: 1, activation: "relu" } as const;
  const sums = keep(backend.gradientSums(pass, keep(backend.moments(pass)), dy));
  for (const [how, dbias] of [
    ["by a layer", (await bn.bias?.grad.data()) ?? []],
    ["by gradientSums()", (await sums.export()).subarray(0, view.channels)],
  ] as const) {
    const name = `${nameOf(view)}, with ${stranger}, ${how}`;
    const ofStrangers = (values: ArrayLike<number>) => Array.from(values, (value, c) => (c === 1 ? 0 : value));
    const all = byChannel(view, gradient).map(sum);
    await expectNear(bench, { name, mode: "train", operation: "dbias" }, ofStrangers(dbias), ofStrangers(all));
  }
}

/** A dy that is a stranger wherever ReLU stops it: the mean of x is 0, so that z has the sign of weight x. */
function* stoppedStrangers(): Generator<Case> {
  const { weight } = parameters;
  const x: Fill = (_, i) => (i % 4) - 1.5;
  for (const view of viewsOfFours) {
    for (const stranger of strangers) {
      const dy: Fill = (c, i) => ((weight[c] as number) * x(c, i) < 0 ? stranger : gradient(c, i));
      const pass = { shape: shapeOf(view), x: laidOut(view, x), dy: laidOut(view, dy) };
      const zeros = [0, 0, 0];
      yield {
        name: `${nameOf(view)}, ${stranger} in dy where z is below 0`,
        about: "what is stopped counts as 0, whatever it was",
        options: { kind: "BatchNorm1d", numFeatures: view.channels, activation: "relu" },
        state: { weight, bias: zeros, running_mean: zeros, running_var: [1, 1, 1], num_batches_tracked: 0 },
        judges: ["dx", "dweight", "dbias"],
        steps: [passStep("eval", pass), passStep("train", pass)],
      };
    }
  }
}

export const strangeGradientChecks: readonly Check[] = [
  ...inEvalChecks("eval-gradient", "NaN and infinities in x", null, inX, ["dx", "dbias", "dweight"]),
  ...inEvalChecks("eval-gradient", "NaN and infinities in dy", null, inGradient, ["dx", "dbias", "dweight"]),
];

export const strangeReluChecks: readonly Check[] = inEvalChecks("relu", "NaN and infinities in x", "relu", inX, ["y"]);

export const strangeReluGradientChecks: readonly Check[] = [
  // a stopped term of 0 times infinity may be left out of dweight
  ...inEvalChecks("relu-gradient", "NaN and infinities in x", "relu", inX, ["dx", "dbias"]),
  ...benchChecks("relu-gradient", "NaN in the bias, in eval", async (bench) => {
    for (const view of views) {
      const p = { ...parameters, bias: [Number.NaN, 0.25, Number.NaN] };
      const pass = { view, x: plain, dy: gradient, ...halving, parameters: p, activation: "relu" } as const;
      await ask(bench, "with NaN in the bias", pass, ["dx", "dweight", "dbias"]);
    }
  }),
  ...benchChecks("relu-gradient", "NaN and infinities in x, in training", async (bench) => {
    for (const view of views) for (const stranger of strangers) await askTraining(bench, view, stranger);
  }),
  ...caseChecks("relu-gradient", "NaN and infinities in dy where ReLU stops it", stoppedStrangers),
];

export const dividedByZeroChecks: readonly Check[] = benchChecks(
  "eps-zero",
  "in eval what a variance of 0 divides is not finite",
  async (bench) => {
    // below the mean, at it, above it
    const x: Fill = (_, i) => (i % 3) - 1;
    const common = { x, dy: gradient, eps: 0, variance: [0, 4, 0], activation: null };
    for (const view of views) {
      for (const p of [parameters, null]) {
        await ask(bench, "with variances of 0, 4, 0", { view, parameters: p, ...common }, operations);
      }
    }
  },
);
