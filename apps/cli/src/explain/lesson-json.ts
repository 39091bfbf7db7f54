import * as specification from "@batchnorm/core/specification";
import { channels, meanOf, varianceOf } from "./batches.js";
import type { LayerPass } from "./layer-run.js";
import type { Lesson } from "./lesson.js";

/** Numbers in arrays within arrays, as a tensor's shape says. */
type Nested = readonly (number | Nested)[];

/** A lesson for programs: every number, tensors as nested arrays, the rest by channel. */
export function lessonJson(lesson: Lesson) {
  const { kind, shape, m, options, start, steps, first, inference, dy, backward, layer, comparisons } = lesson;
  const tensor = (values: ArrayLike<number>) => nest(values, shape);
  const { x, forward } = first;
  const passJson = (pass: LayerPass) => ({ y: tensor(pass.y), ...gradientsJson(pass, tensor) });
  return {
    kind,
    shape,
    m,
    options,
    channels: channels.map((channel) => ({
      name: channel.name,
      unit: channel.unit,
      mean: meanOf(channel),
      variance: varianceOf(channel),
    })),
    channelOf: tensor(channelOf(lesson)),
    training: {
      x: tensor(x),
      mean: [...forward.mean],
      variance: [...forward.variance],
      xHat: tensor(forward.xHat),
      y: tensor(forward.y),
    },
    running: {
      start,
      steps: steps.map((step) => ({
        x: tensor(step.x),
        mean: [...step.forward.mean],
        variance: [...step.forward.variance],
        unbiasedVariance: step.unbiased,
        runningMean: step.running.mean,
        runningVariance: step.running.variance,
      })),
    },
    inference: { xHat: tensor(inference.xHat), y: tensor(inference.y) },
    backward: {
      dy: tensor(dy),
      training: gradientsJson(backward.training, tensor),
      inference: gradientsJson(backward.inference, tensor),
      firstChannel: {
        dXHat: [...backward.terms.dXHat],
        dSigma2: backward.terms.dSigma2,
        dMu: backward.terms.dMu,
      },
    },
    layer: {
      description: layer.description,
      backend: layer.backend,
      dtype: "float32",
      training: passJson(layer.passes[0] as LayerPass),
      running: layer.passes.slice(0, -1).map(({ after }) => ({
        mean: [...(after.running_mean as ArrayLike<number> as Float32Array)],
        variance: [...(after.running_var as ArrayLike<number> as Float32Array)],
      })),
      inference: passJson(layer.passes.at(-1) as LayerPass),
      errors: comparisons.map(({ quantity, ulp }) => ({ quantity, ulp })),
    },
  };
}

type Gradients = Pick<LayerPass, "dx" | "dGamma" | "dBeta">;

function gradientsJson({ dx, dGamma, dBeta }: Gradients, tensor: (values: ArrayLike<number>) => Nested) {
  return { dx: tensor(dx), dGamma: Array.from(dGamma), dBeta: Array.from(dBeta) };
}

/** The channel of each entry: entries with the same one share a mean. */
function channelOf({ view, dy }: Lesson): Float64Array {
  const result = new Float64Array(dy.length);
  for (let c = 0; c < view.channels; c++) {
    specification.scatter(specification.gather(dy, view, c).fill(c), result, view, c);
  }
  return result;
}

function nest(values: ArrayLike<number>, shape: readonly number[]): Nested {
  const [, ...inner] = shape;
  const flat = Array.from(values);
  if (inner.length === 0) return flat;
  const size = flat.length / (shape[0] as number);
  return Array.from({ length: shape[0] as number }, (_, i) => nest(flat.slice(i * size, (i + 1) * size), inner));
}
