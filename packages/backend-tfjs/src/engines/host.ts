import type {
  Backend,
  Batch,
  GradientSums,
  Gradients,
  Moments,
  Pass,
  Source,
  Statistics,
  VisibleTensor,
} from "@batchnorm/core";
import { DisposableStack } from "@batchnorm/core/disposable-stack";
import type { Tensor, TensorFlow } from "../tfjs.js";
import type { Counted, Engine, Needs, TensorPass, TrainingTerms } from "./engine.js";

/**
 * Batch normalization by the kernels of a backend in host memory, for the engine whose tensors lie there as well. What
 * goes in and out is copied: that costs one read and one write.
 */
export class HostEngine implements Engine<Moments, GradientSums> {
  readonly differentiatesOnce =
    "a gradient that a host backend has computed cannot be differentiated again; for second derivatives make the backend without one: createTfjsBackend(tf)";
  readonly #tf: TensorFlow;
  readonly #host: Backend<VisibleTensor>;

  constructor(tf: TensorFlow, host: Backend<VisibleTensor>) {
    this.#tf = tf;
    this.#host = host;
  }

  train(pass: TensorPass): { y: Tensor; moments: Moments } {
    return this.#work((stack, hosted) => {
      const { y, moments } = this.#host.train(hostedPass(pass, hosted), null);
      stack.use(y);
      try {
        return { y: this.#tensor(y, pass.x.shape), moments };
      } catch (error) {
        moments.dispose();
        throw error;
      }
    });
  }

  infer(pass: TensorPass, statistics: Statistics<Tensor>): Tensor {
    return this.#apply(pass, (hosted) => hostedStatistics(statistics, hosted));
  }

  normalize(pass: TensorPass, { content }: Counted<Moments>): Tensor {
    return this.#apply(pass, () => content);
  }

  backwardOfTraining(
    pass: TensorPass,
    { moments, sums }: TrainingTerms<Moments, GradientSums>,
    dy: Tensor,
    needs: Needs,
  ): Gradients<Tensor> {
    return this.#backward(pass, () => moments.content, dy, { needs, sums });
  }

  backwardOfInference(pass: TensorPass, statistics: Statistics<Tensor>, dy: Tensor, needs: Needs): Gradients<Tensor> {
    return this.#backward(pass, (hosted) => hostedStatistics(statistics, hosted), dy, { needs, sums: null });
  }

  moments({ x, view }: Batch<Tensor>): Moments {
    return this.#work((_, hosted) => this.#host.moments({ x: hosted(x), view }));
  }

  merge(parts: readonly Counted<Moments>[]): Moments {
    return this.#host.merge(parts.map(({ content }) => content));
  }

  exportMoments({ content }: Counted<Moments>): Promise<Float64Array> {
    return content.export();
  }

  importMoments(values: Float64Array): Moments {
    return this.#host.importMoments(values);
  }

  gradientSums(pass: TensorPass, { content }: Counted<Moments>, dy: Tensor): GradientSums {
    return this.#work((_, hosted) => this.#host.gradientSums(hostedPass(pass, hosted), content, hosted(dy)));
  }

  mergeGradientSums(parts: readonly GradientSums[]): GradientSums {
    return this.#host.merge(parts);
  }

  exportGradientSums(sums: GradientSums): Promise<Float64Array> {
    return sums.export();
  }

  importGradientSums(values: Float64Array): GradientSums {
    return this.#host.importGradientSums(values);
  }

  moved({ mean, variance }: Statistics<Tensor>, { content }: Counted<Moments>, weight: number, correction: 0 | 1) {
    return this.#work((stack) => {
      const state = (x: Tensor) => stack.use(this.#host.state(x.dataSync<"float32">(), x.shape, "float32"));
      const running = { mean: state(mean), variance: state(variance) };
      this.#host.move(running, content, weight, correction);
      return {
        mean: this.#tensor(running.mean, mean.shape),
        variance: this.#tensor(running.variance, variance.shape),
      };
    });
  }

  /** The host's moments are no tensors that a tape could save. */
  saved(): null {
    return null;
  }

  restored(_saved: readonly Tensor[], batch: Batch<Tensor>): Moments {
    return this.moments(batch);
  }

  #apply(pass: TensorPass, source: (hosted: Hosting) => Source<VisibleTensor>): Tensor {
    return this.#work((stack, hosted) => {
      const y = this.#host.apply(hostedPass(pass, hosted), source(hosted), null);
      return this.#tensor(stack.use(y), pass.x.shape);
    });
  }

  #backward(
    pass: TensorPass,
    source: (hosted: Hosting) => Source<VisibleTensor>,
    dy: Tensor,
    o: { readonly needs: Needs; readonly sums: GradientSums | null },
  ): Gradients<Tensor> {
    return this.#work((stack, hosted) => {
      const by = source(hosted);
      const gradients = this.#host.backward(hostedPass(pass, hosted), by, hosted(dy), { ...o, out: null });
      const given = (from: VisibleTensor | null, as: Tensor | null) =>
        from === null || as === null ? null : this.#tensor(stack.use(from), as.shape);
      return {
        dx: given(gradients.dx, pass.x),
        dweight: given(gradients.dweight, pass.weight),
        dbias: given(gradients.dbias, pass.bias),
      };
    });
  }

  /** Does work with tensors of the host, which are disposed after it. */
  #work<Result>(work: (stack: DisposableStack, hosted: Hosting) => Result): Result {
    const stack = new DisposableStack();
    try {
      return work(stack, (x) => stack.use(this.#host.tensor(x.dataSync<"float32">(), x.shape, "float32")));
    } finally {
      stack.dispose();
    }
  }

  #tensor({ values }: VisibleTensor, shape: readonly number[]): Tensor {
    return this.#tf.tensor(values.slice() as Float32Array, [...shape], "float32");
  }
}

/** Copies a tensor into one of the host, which is disposed after the work. */
type Hosting = (x: Tensor) => VisibleTensor;

function hostedPass(pass: TensorPass, hosted: Hosting): Pass<VisibleTensor> {
  const { x, view, weight, bias, eps, activation } = pass;
  const parameter = (one: Tensor | null) => (one === null ? null : hosted(one));
  return { x: hosted(x), view, weight: parameter(weight), bias: parameter(bias), eps, activation };
}

function hostedStatistics({ mean, variance }: Statistics<Tensor>, hosted: Hosting): Statistics<VisibleTensor> {
  return { mean: hosted(mean), variance: hosted(variance) };
}
