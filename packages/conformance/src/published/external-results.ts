/** What a backend makes of a published case: every kind, by the contract of backends alone. */
import {
  type Affine,
  type Moments,
  type Pass,
  type Source,
  type Statistics,
  type Tensor,
  valuesPerChannel,
  view,
} from "@batchnorm/core";
import type { Bench } from "../checks/bench.js";
import { everyGradient, statisticsOf } from "../checks/problems/results.js";
import type { ExternalCase, ExternalKind } from "./external-file.js";

/** Results under the names that cases expect them by. */
export type ExternalResults = Readonly<Record<string, ArrayLike<number>>>;

/** Runs a case. The bench keeps everything that must be disposed. */
export function resultsOf(bench: Bench, testCase: ExternalCase): Promise<ExternalResults> {
  return kinds[testCase.kind](pose(bench, testCase));
}

/** Whether a kind is one of those that `resultsOf` runs: files come from outside. */
export function isKnownKind(kind: string): kind is ExternalKind {
  return Object.hasOwn(kinds, kind);
}

/** A case as a backend takes it. */
function pose({ backend, dtype, keep, ...bench }: Bench, testCase: ExternalCase) {
  const { shape, axis, eps, momentum, runningVarConvention } = testCase;
  const data = (values: readonly number[]) => bench.tensor(values, shape);
  const state = (values: readonly number[] | null) => values && bench.state(values);
  const affine: Affine<Tensor> = { weight: state(testCase.gamma), bias: state(testCase.beta) };
  const pass: Pass<Tensor> = { x: data(testCase.x), view: view(shape, axis), ...affine, eps, activation: null };
  return {
    ...{ backend, testCase, keep, data, affine, pass },
    /** In the type of the data, which is that of statistics in other projects. */
    rounded: (values: Float64Array) => (dtype === "float32" ? Float32Array.from(values) : values),
    /** The running statistics of the case as states. */
    running: (): Statistics<Tensor> => {
      const [mean, variance] = [state(testCase.mean), state(testCase.var)];
      if (mean === null || variance === null) throw new Error(`${testCase.name} has no running statistics`);
      return { mean, variance };
    },
    train: () => {
      const { y, moments } = backend.train(pass, null);
      return { y: keep(y), moments: keep(moments) };
    },
    infer: (statistics: Statistics<Tensor>) => keep(backend.apply(pass, statistics, null)),
    move: (running: Statistics<Tensor>, moments: Moments) =>
      backend.move(running, moments, momentum ?? 0, runningVarConvention === "population" ? 0 : 1),
    gradients: async (source: Source<Tensor>): Promise<ExternalResults> => {
      const { dx, dweight, dbias } = backend.backward(pass, source, data(testCase.dy ?? []), everyGradient());
      const named = Object.entries({ dx, dgamma: dweight, dbeta: dbias });
      const read = named.map(async ([name, tensor]) => [name, tensor && (await keep(tensor).data())] as const);
      return Object.fromEntries(
        (await Promise.all(read)).flatMap(([name, values]) => (values ? [[name, values]] : [])),
      );
    },
  };
}

type Posed = ReturnType<typeof pose>;

const kinds: Readonly<Record<ExternalKind, (posed: Posed) => Promise<ExternalResults>>> = {
  "forward-eval": async (posed) => ({ y: await posed.infer(posed.running()).data() }),
  "forward-train": forwardTrain,
  "train-then-eval": trainThenEval,
  "backward-train": (posed) => posed.gradients(posed.train().moments),
  "backward-eval": (posed) => posed.gradients(posed.running()),
  "backward-given-stats": backwardGivenStatistics,
  "sgd-sequence": sgdSequence,
};

async function forwardTrain(posed: Posed): Promise<ExternalResults> {
  const { testCase } = posed;
  const { y, moments } = posed.train();
  const { mean, variance } = await statisticsOf(moments);
  const batch = {
    y: await y.data(),
    batchMean: posed.rounded(mean),
    batchVar: posed.rounded(variance),
    batchInvStd: posed.rounded(variance.map((value) => 1 / Math.sqrt(value + testCase.eps))),
  };
  if (testCase.mean === null || testCase.momentum === null) return batch;
  const running = posed.running();
  posed.move(running, moments);
  return { ...batch, ...(await read(running)) };
}

async function trainThenEval(posed: Posed): Promise<ExternalResults> {
  const { moments } = posed.train();
  const running = posed.running();
  posed.move(running, moments);
  const y = await posed.infer(running).data();
  return { yEvalAfter: y, yEvalAfterPartial: y };
}

/** The training gradient with the statistics that the case gives in place of those of x. */
async function backwardGivenStatistics(posed: Posed): Promise<ExternalResults> {
  const { backend, testCase, pass, keep } = posed;
  const count = valuesPerChannel(pass.view);
  const m2 = (testCase.var ?? []).map((variance) => variance * count);
  const exported = [count, ...(testCase.mean ?? []), ...m2.map(() => 0), ...m2];
  return posed.gradients(keep(backend.importMoments(Float64Array.from(exported))));
}

/** Gradient descent on the mean of (y - target)^2. */
async function sgdSequence(posed: Posed): Promise<ExternalResults> {
  const { backend, testCase, affine, keep } = posed;
  const { target = [], lr = 0, steps = 0 } = testCase;
  const running = posed.running();
  const loss: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { y, moments } = posed.train();
    posed.move(running, moments);
    const apart = Array.from(await y.data(), (value, i) => value - (target[i] as number));
    loss.push(apart.reduce((sum, value) => sum + value * value, 0) / apart.length);
    const dy = posed.data(apart.map((value) => (2 * value) / apart.length));
    const gradients = backend.backward(posed.pass, moments, dy, everyGradient());
    if (gradients.dx !== null) keep(gradients.dx);
    for (const [parameter, gradient] of [
      [affine.weight, gradients.dweight],
      [affine.bias, gradients.dbias],
    ] as const) {
      if (parameter !== null && gradient !== null) backend.axpy(-lr, keep(gradient), parameter);
    }
  }
  return {
    loss,
    gamma: (await affine.weight?.data()) ?? [],
    beta: (await affine.bias?.data()) ?? [],
    ...(await read(running)),
  };
}

async function read({ mean, variance }: Statistics<Tensor>): Promise<ExternalResults> {
  return { runningMean: await mean.data(), runningVar: await variance.data() };
}
