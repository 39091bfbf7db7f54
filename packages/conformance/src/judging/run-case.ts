import { type Backend, type DType, defaultEps, defaultMomentum, type Tensor } from "@batchnorm/core";
import { type BatchNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d, type Call } from "@batchnorm/layers";
import type { Case, CaseOptions, Pass, Step } from "./case.js";
import type { Observation } from "./observation.js";
import { type ForwardReference, type FullOptions, forwardReference } from "./reference.js";
import { StepComparison } from "./step-comparison.js";

const kinds = { BatchNorm1d, BatchNorm2d, BatchNorm3d } as const;

/** The layer of a case, in its initial state. */
export function layerOf<T extends Tensor>(backend: Backend<T>, { options, state }: Case): BatchNorm<T> {
  const { kind, numFeatures, ...layerOptions } = options;
  const layer = new kinds[kind](backend, numFeatures, layerOptions);
  if (state !== undefined) layer.loadStateDict(state);
  return layer;
}

/** The options of a case with every default filled in. */
export function fullOptions(o: CaseOptions): FullOptions {
  return {
    eps: defaultEps,
    momentum: defaultMomentum,
    affine: true,
    bias: true,
    trackRunningStats: true,
    layout: "channels-first",
    activation: null,
    dtype: "float32",
    ...o,
  };
}

/**
 * Runs a case through a layer on a backend with the specification beside it, and tells how far they are apart, and how
 * far from the values that the case expects, where it has such.
 *
 * Against the specification each step is judged by itself: it starts every time from the state that the layer is in, so
 * that the roundings of one step are not held against the next.
 *
 * @param dtype the type of x and dy
 * @throws what the layer throws, and Error where a counter is wrong
 */
export async function* runCase<T extends Tensor>(
  backend: Backend<T>,
  testCase: Case,
  dtype: DType,
): AsyncGenerator<Observation> {
  const layer = layerOf(backend, testCase);
  const options = fullOptions(testCase.options);
  const judges = (result: NonNullable<Case["judges"]>[number]) => testCase.judges?.includes(result) ?? true;
  try {
    for (const [step, action] of testCase.steps.entries()) {
      const comparison = new StepComparison(
        { case: testCase.name, data: testCase.data ?? "ordinary", step },
        { data: dtype, state: options.dtype },
        judges("num_batches_tracked"),
      );
      const observations = new StepRunner({ backend, layer, options, dtype, comparison }).run(action);
      for await (const observation of observations) if (judges(observation.operation)) yield observation;
    }
  } finally {
    layer.dispose();
  }
}

/** A call in flight, with what the specification says of it. */
interface InFlight<T extends Tensor> {
  readonly pass: Pass;
  readonly reference: ForwardReference;
  /** kept until the end: whether a call keeps its own is another question */
  readonly x: T;
  readonly call: Call<T>;
  /** its values before any later work, which must not change them: another question as well */
  readonly y: Promise<ArrayLike<number>>;
}

/** What a step is run on. */
interface Setting<T extends Tensor> {
  readonly backend: Backend<T>;
  readonly layer: BatchNorm<T>;
  readonly options: FullOptions;
  readonly dtype: DType;
  readonly comparison: StepComparison;
}

class StepRunner<T extends Tensor> {
  readonly #on: Setting<T>;

  constructor(on: Setting<T>) {
    this.#on = on;
  }

  async *run(step: Step): AsyncGenerator<Observation> {
    if (step.do === "pass") yield* this.#passes([step.pass], step.accumulate);
    else if (step.do === "passes") yield* this.#passes(step.passes, false);
    else this.#change(step);
    if (step.expected !== undefined) yield* this.#on.comparison.state(await this.#on.layer.stateDict(), step.expected);
  }

  #change(step: Exclude<Step, { do: "pass" | "passes" }>): void {
    const { layer } = this.#on;
    if (step.do === "loadStateDict") layer.loadStateDict(step.state);
    else if (step.do !== "step") layer[step.do]();
    else {
      layer.step(step.rate);
      layer.zeroGrad();
    }
  }

  async *#passes(passes: readonly Pass[], accumulate: boolean): AsyncGenerator<Observation> {
    const inFlight: InFlight<T>[] = [];
    try {
      for (const pass of passes) {
        const reference = forwardReference(this.#on.options, await this.#on.layer.stateDict(), pass, this.#on.dtype);
        if (reference.byBatch) yield* this.#moments(pass, reference);
        const x = this.#on.backend.tensor(pass.x, pass.shape, this.#on.dtype);
        const call = this.#forward(pass, x);
        const y = call.y.data();
        inFlight.push({ pass, reference, x, call, y });
        yield* this.#on.comparison.forward(pass, reference, await y, await this.#on.layer.stateDict());
      }
      for (const flight of inFlight.toReversed()) {
        if (!accumulate) this.#on.layer.zeroGrad();
        if (flight.pass.dy !== null) yield* this.#backward(flight, flight.pass.dy);
      }
    } finally {
      for (const { x, call } of inFlight) {
        x.dispose();
        call.y.dispose();
        call.dispose();
      }
    }
  }

  /** The batch's moments, which everything else rests on. */
  async *#moments(pass: Pass, reference: ForwardReference): AsyncGenerator<Observation> {
    const x = this.#on.backend.tensor(pass.x, pass.shape, this.#on.dtype);
    const moments = this.#on.backend.moments({ x, view: reference.view });
    try {
      yield* this.#on.comparison.moments(pass, reference, await moments.export());
    } finally {
      moments.dispose();
      x.dispose();
    }
  }

  #forward(pass: Pass, x: T): Call<T> {
    try {
      if (pass.mode === "freeze") this.#on.layer.train().freeze();
      else this.#on.layer.train(pass.mode === "train");
      return this.#on.layer.call(x);
    } catch (error) {
      x.dispose();
      throw error;
    } finally {
      if (pass.mode === "freeze") this.#on.layer.unfreeze();
    }
  }

  async *#backward(
    { pass, reference, call, y }: InFlight<T>,
    dyValues: NonNullable<Pass["dy"]>,
  ): AsyncGenerator<Observation> {
    const before = await this.#gradients();
    const dy = this.#on.backend.tensor(dyValues, pass.shape, this.#on.dtype);
    const dx = call.backward(dy);
    try {
      const after = await this.#gradients();
      yield* this.#on.comparison.backward(pass, dyValues, reference, await y, { dx: await dx.data(), before, after });
    } finally {
      dx.dispose();
      dy.dispose();
    }
  }

  async #gradients() {
    const { weight, bias } = this.#on.layer;
    return { dweight: (await weight?.grad.data()) ?? null, dbias: (await bias?.grad.data()) ?? null };
  }
}
