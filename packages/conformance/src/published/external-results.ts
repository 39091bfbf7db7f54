/** What a backend makes of a published case: every kind, by the contract of backends alone. */
import {
  type Affine,
  type Backend,
  type Moments,
  type Pass,
  type Source,
  type Statistics,
  type Tensor,
  type View,
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
  return kinds[testCase.kind](new Posed(bench, testCase));
}

/** Whether a kind is one of those that `resultsOf` runs: files come from outside. */
export function isKnownKind(kind: string): kind is ExternalKind {
  return Object.hasOwn(kinds, kind);
}

/** A case as a backend takes it. */
class Posed {
  readonly backend: Backend;
  readonly testCase: ExternalCase;
  readonly keep: Bench["keep"];
  readonly view: View;
  readonly affine: Affine<Tensor>;
  readonly pass: Pass<Tensor>;
  readonly #bench: Bench;

  constructor(bench: Bench, testCase: ExternalCase) {
    this.backend = bench.backend;
    this.testCase = testCase;
    this.keep = bench.keep;
    this.#bench = bench;
    this.view = view(testCase.shape, testCase.axis);
    this.affine = { weight: this.state(testCase.gamma), bias: this.state(testCase.beta) };
    this.pass = { x: this.data(testCase.x), view: this.view, ...this.affine, eps: testCase.eps, activation: null };
  }

  /** A tensor of the case's shape. */
  data(values: readonly number[]): Tensor {
    return this.#bench.tensor(values, this.testCase.shape);
  }

  state<V extends readonly number[] | null>(values: V): V extends null ? null : Tensor {
    const made = values === null ? null : this.#bench.state(values);
    return made as V extends null ? null : Tensor;
  }

  /** In the type of the data, which is that of statistics in other projects. */
  rounded(values: Float64Array): ArrayLike<number> {
    return this.#bench.dtype === "float32" ? Float32Array.from(values) : values;
  }

  /** The running statistics of the case as states. */
  running(): Statistics<Tensor> {
    const { mean, var: variance, name } = this.testCase;
    if (mean === null || variance === null) throw new Error(`${name} has no running statistics`);
    return { mean: this.state(mean), variance: this.state(variance) };
  }

  train(): { y: Tensor; moments: Moments } {
    const { y, moments } = this.backend.train(this.pass, null);
    return { y: this.keep(y), moments: this.keep(moments) };
  }

  infer(statistics: Statistics<Tensor>): Tensor {
    return this.keep(this.backend.apply(this.pass, statistics, null));
  }

  move(running: Statistics<Tensor>, moments: Moments): void {
    const { momentum, runningVarConvention } = this.testCase;
    this.backend.move(running, moments, momentum ?? 0, runningVarConvention === "population" ? 0 : 1);
  }

  async gradients(source: Source<Tensor>, dy: readonly number[] = this.testCase.dy ?? []): Promise<ExternalResults> {
    const { dx, dweight, dbias } = this.backend.backward(this.pass, source, this.data(dy), everyGradient());
    const named = Object.entries({ dx, dgamma: dweight, dbeta: dbias });
    const read = named.map(async ([name, tensor]) => [name, tensor && (await this.keep(tensor).data())] as const);
    return Object.fromEntries((await Promise.all(read)).flatMap(([name, values]) => (values ? [[name, values]] : [])));
  }
}

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
  const { backend, testCase, view: v, keep } = posed;
  const count = valuesPerChannel(v);
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
