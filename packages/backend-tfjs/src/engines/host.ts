import type {
  Affine,
  Backend,
  Tensor as CoreTensor,
  FloatArray,
  GradientSums,
  Gradients,
  Moments,
  Statistics,
  View,
} from "@batchnorm/core";
import { Held } from "../held.js";
import type { Tensor, TensorFlow } from "../tensor-flow.js";
import type { Counted, Engine, GradientOptions, PassOptions } from "./engine.js";

/** A tensor in host memory. */
export interface HostTensor extends CoreTensor {
  readonly values: FloatArray;
}

/**
 * Batch normalization by the kernels of a backend in host memory, for the engine whose tensors lie there as well. What
 * goes in and out is copied: that costs one read and one write.
 */
export class HostEngine implements Engine<Moments, GradientSums> {
  readonly differentiatesOnce =
    "a gradient that a host backend has computed cannot be differentiated again; for second derivatives make the backend without one: createTfjsBackend(tf)";
  readonly #tf: TensorFlow;
  readonly #host: Backend<HostTensor>;

  constructor(tf: TensorFlow, host: Backend<HostTensor>) {
    this.#tf = tf;
    this.#host = host;
  }

  train(x: Tensor, view: View, p: Affine<Tensor>, o: PassOptions): { y: Tensor; moments: Moments } {
    return this.#work((held, hosted) => {
      const { y, moments } = this.#host.train(hosted(x), view, affineOf(p, hosted), forward(o));
      held.add(y);
      try {
        return { y: this.#tensor(y, x.shape), moments };
      } catch (error) {
        moments.dispose();
        throw error;
      }
    });
  }

  infer(x: Tensor, view: View, statistics: Statistics<Tensor>, p: Affine<Tensor>, o: PassOptions): Tensor {
    return this.#work((held, hosted) => {
      const { mean, variance } = statistics;
      const by = { mean: hosted(mean), variance: hosted(variance) };
      return this.#tensor(held.add(this.#host.infer(hosted(x), view, by, affineOf(p, hosted), forward(o))), x.shape);
    });
  }

  backwardOfTraining(
    dy: Tensor,
    x: Tensor,
    view: View,
    { content }: Counted<Moments>,
    p: Affine<Tensor>,
    o: GradientOptions,
  ): Gradients<Tensor> {
    return this.#work((held, hosted) =>
      this.#gradients(
        this.#host.backward(hosted(dy), hosted(x), view, { moments: content }, affineOf(p, hosted), backward(o)),
        held,
        x,
        p,
      ),
    );
  }

  backwardOfInference(
    dy: Tensor,
    x: Tensor,
    view: View,
    { mean, variance }: Statistics<Tensor>,
    p: Affine<Tensor>,
    o: GradientOptions,
  ): Gradients<Tensor> {
    return this.#work((held, hosted) => {
      const statistics = { mean: hosted(mean), variance: hosted(variance) };
      return this.#gradients(
        this.#host.backward(hosted(dy), hosted(x), view, { statistics }, affineOf(p, hosted), backward(o)),
        held,
        x,
        p,
      );
    });
  }

  moments(x: Tensor, view: View): Moments {
    return this.#work((_, hosted) => this.#host.moments(hosted(x), view));
  }

  merge(parts: readonly Counted<Moments>[]): Moments {
    return this.#host.merge(parts.map(({ content }) => content));
  }

  exportMoments({ content }: Counted<Moments>): Promise<Float64Array> {
    return this.#host.exportMoments(content);
  }

  importMoments(values: Float64Array): Moments {
    return this.#host.importMoments(values);
  }

  normalize(x: Tensor, view: View, { content }: Counted<Moments>, p: Affine<Tensor>, o: PassOptions): Tensor {
    return this.#work((held, hosted) =>
      this.#tensor(held.add(this.#host.normalize(hosted(x), view, content, affineOf(p, hosted), forward(o))), x.shape),
    );
  }

  gradientSums(
    dy: Tensor,
    x: Tensor,
    view: View,
    { content }: Counted<Moments>,
    p: Affine<Tensor>,
    o: PassOptions,
  ): GradientSums {
    return this.#work((_, hosted) =>
      this.#host.gradientSums(
        hosted(dy),
        hosted(x),
        view,
        content,
        affineOf(p, hosted),
        backward({ ...o, needs: both }),
      ),
    );
  }

  mergeGradientSums(parts: readonly GradientSums[]): GradientSums {
    return this.#host.mergeGradientSums(parts);
  }

  exportGradientSums(sums: GradientSums): Promise<Float64Array> {
    return this.#host.exportGradientSums(sums);
  }

  importGradientSums(values: Float64Array): GradientSums {
    return this.#host.importGradientSums(values);
  }

  gradients(
    dy: Tensor,
    x: Tensor,
    view: View,
    { content }: Counted<Moments>,
    sums: GradientSums,
    p: Affine<Tensor>,
    o: GradientOptions,
  ): Gradients<Tensor> {
    return this.#work((held, hosted) =>
      this.#gradients(
        this.#host.gradients(hosted(dy), hosted(x), view, content, sums, affineOf(p, hosted), backward(o)),
        held,
        x,
        p,
      ),
    );
  }

  moved({ mean, variance }: Statistics<Tensor>, { content }: Counted<Moments>, weight: number, correction: 0 | 1) {
    return this.#work((held) => {
      const state = (x: Tensor) => held.add(this.#host.state(x.dataSync<"float32">(), x.shape, "float32"));
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

  restored(_saved: readonly Tensor[], x: Tensor, view: View): Moments {
    return this.moments(x, view);
  }

  /** Does work with tensors of the host, which are disposed after it. */
  #work<Result>(work: (held: Held, hosted: (x: Tensor) => HostTensor) => Result): Result {
    const held = new Held();
    try {
      return work(held, (x) => held.add(this.#host.tensor(x.dataSync<"float32">(), x.shape, "float32")));
    } finally {
      held.dispose();
    }
  }

  #tensor({ values }: HostTensor, shape: readonly number[]): Tensor {
    return this.#tf.tensor(values.slice() as Float32Array, [...shape], "float32");
  }

  #gradients(
    { dx, dweight, dbias }: Gradients<HostTensor>,
    held: Held,
    x: Tensor,
    { weight, bias }: Affine<Tensor>,
  ): Gradients<Tensor> {
    const given = (from: HostTensor | null, as: Tensor | null) => {
      if (from === null || as === null) return null;
      return this.#tensor(held.add(from), as.shape);
    };
    return { dx: given(dx, x), dweight: given(dweight, weight), dbias: given(dbias, bias) };
  }
}

const both = { dx: true, affine: true } as const;

function affineOf({ weight, bias }: Affine<Tensor>, hosted: (x: Tensor) => HostTensor): Affine<HostTensor> {
  return { weight: weight === null ? null : hosted(weight), bias: bias === null ? null : hosted(bias) };
}

function forward({ eps, activation }: PassOptions) {
  return { eps, activation, out: null };
}

function backward({ eps, activation, needs }: GradientOptions) {
  return { eps, activation, needs, out: null };
}
