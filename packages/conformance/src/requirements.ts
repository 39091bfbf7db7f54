/**
 * What a right backend has to do. Every check is filed under the one requirement that it decides.
 *
 * A requirement is judged only where those that it rests on hold: a wrong mean makes everything wrong that is computed
 * from it, and only the failure of the first requirement says where to look.
 */
export interface Requirement {
  readonly part: "semantics" | "numerics" | "ownership" | "agreement";
  readonly text: string;
  /** where a backend's author should look when it fails */
  readonly hint: string;
  readonly restsOn: readonly string[];
}

const semantics = {
  "tensors-hold-values": {
    text: "a tensor holds the values, the shape and the type that it was made with, converted from arrays of numbers",
    hint: "tensor(), state() and data() of the backend",
    restsOn: [],
  },
  "state-dict": {
    text: "a state dictionary comes back as it went in: weight, bias, running_mean, running_var, num_batches_tracked",
    hint: "stateDict() and loadStateDict() of the layer, assign() of the backend",
    restsOn: ["retain-keeps-values"],
  },
  "state-dict-names-all": {
    text: "loadStateDict names every missing, unexpected, misshaped and invalid key at once and loads nothing then; { strict: false } reports them and loads the rest",
    hint: "the check of state dictionaries, and that it comes before anything is written",
    restsOn: ["state-dict"],
  },
  "state-dict-without-counter": {
    text: "a state without num_batches_tracked is accepted and leaves the counter as it is",
    hint: "what loadStateDict does with an absent counter",
    restsOn: ["state-dict"],
  },
  "batch-mean": {
    text: "in training every channel is centred by the mean of its own values in the batch",
    hint: "the mean in train() and moments(); which elements belong to a channel of a view",
    restsOn: ["state-dict"],
  },
  "biased-variance": {
    text: "a batch is normalized by its biased variance, M2 / m",
    hint: "the variance that train() and apply() divide by",
    restsOn: ["batch-mean"],
  },
  "running-statistics-in-eval": {
    text: "eval normalizes by the running statistics, not by the batch's, and leaves them alone",
    hint: "apply() by statistics, and which the layer picks in which mode",
    restsOn: ["state-dict"],
  },
  "eps-inside-root": {
    text: "eps is added to the variance inside the root: y = (x - mean) / sqrt(variance + eps)",
    hint: "the denominator of the normalization, in training and in inference",
    restsOn: ["biased-variance", "running-statistics-in-eval"],
  },
  affine: {
    text: "weight multiplies and bias is added, by channel; without them they count as 1 and 0",
    hint: "how train() and apply() use weight and bias",
    restsOn: ["eps-inside-root"],
  },
  relu: {
    text: 'activation "relu" makes y = max(0, z) in the same pass, and NaN stays NaN',
    hint: "the activation in train() and apply()",
    restsOn: ["affine"],
  },
  shapes: {
    text: "1d takes (N, C) and (N, C, L), 2d (N, C, H, W), 3d (N, C, D, H, W); anything else is refused, first in PyTorch's sentence",
    hint: "the check of ranks and channels",
    restsOn: ["tensors-hold-values"],
  },
  layout: {
    text: "channels-first and channels-last differ in where the channels stand, and in nothing else",
    hint: "how the view of a layout is made, and loops over views with inner = 1 and inner > 1",
    restsOn: ["affine", "shapes"],
  },
  "running-mean": {
    text: "training moves the running mean to (1 - momentum) running + momentum batch: momentum is the weight of the new value",
    hint: "move(), and the weight that the layer gives it",
    restsOn: ["batch-mean"],
  },
  "running-variance-unbiased": {
    text: "the running variance moves by the unbiased variance, M2 / (m - 1)",
    hint: "the correction in move(), and the one that the layer gives it",
    restsOn: ["biased-variance", "running-mean"],
  },
  counter: {
    text: "num_batches_tracked counts the batches of training, and no others",
    hint: "where the layer counts",
    restsOn: ["running-statistics-in-eval"],
  },
  "cumulative-average": {
    text: "with momentum null the running statistics are averages over all batches: the weight is 1 / num_batches_tracked",
    hint: "the weight that the layer gives move() when momentum is null",
    restsOn: ["running-variance-unbiased", "counter"],
  },
  freeze: {
    text: "a frozen layer uses the running statistics and leaves them alone, whatever train() says",
    hint: "freeze() of the layer",
    restsOn: ["counter"],
  },
  "no-tracking": {
    text: "a layer without running statistics uses the batch's in eval as well",
    hint: "which statistics the layer picks when trackRunningStats is false",
    restsOn: ["affine"],
  },
  "eps-zero": {
    text: "eps 0 is accepted in eval, where what a variance of 0 divides is not finite, and refused wherever batch statistics are used",
    hint: "the check of eps before batch statistics are used; what apply() and backward() make of a deviation of 0",
    restsOn: ["freeze", "no-tracking", "eval-gradient"],
  },
  "one-value-per-channel": {
    text: "one value per channel is refused wherever batch statistics are used, and is fine elsewhere",
    hint: "the check of the number of values per channel",
    restsOn: ["freeze", "no-tracking"],
  },
  "parameter-gradients": {
    text: "dweight = sum dy x-hat and dbias = sum dy, over the values of a channel",
    hint: "gradientSums(), and how sums about the mean become the gradient of the weight",
    restsOn: ["affine"],
  },
  "gradients-accumulate": {
    text: "backward adds to the gradients of the parameters until zeroGrad()",
    hint: "how the layer's backward writes grad, and zeroGrad()",
    restsOn: ["parameter-gradients"],
  },
  "training-gradient": {
    text: "in training the gradient also flows through mean and variance: dx = weight / sqrt(variance + eps) (dy - dbias / m - x-hat dweight / m)",
    hint: "the terms of dx in backward() by moments, with sums and without",
    restsOn: ["parameter-gradients"],
  },
  "layout-gradients": {
    text: "dx stands where x stood, and a parameter's gradient sums over its own channel, in every layout",
    hint: "the loops of backward() and gradientSums() over views with inner = 1 and inner > 1",
    restsOn: ["layout", "training-gradient"],
  },
  "eval-gradient": {
    text: "in eval the statistics are constants: dx = weight / sqrt(variance + eps) dy, whatever x is",
    hint: "backward() with statistics instead of moments: dx has no term of x, as 0 times NaN is NaN",
    restsOn: ["running-statistics-in-eval", "parameter-gradients", "layout-gradients"],
  },
  "mode-at-forward": {
    text: "the mode at forward, not the one at backward, picks the gradient",
    hint: "what a call keeps of the layer's mode",
    restsOn: ["freeze", "no-tracking", "training-gradient", "eval-gradient"],
  },
  "relu-gradient": {
    text: "ReLU stops the gradient where z <= 0, and nowhere else: where z is NaN it passes",
    hint: "the mask of the activation in backward() and gradientSums(): z <= 0 ? 0 : dy",
    restsOn: ["relu", "training-gradient", "eval-gradient"],
  },
  "every-element": {
    text: "every element is read and written once, whatever the sizes",
    hint: "the ends of loops: blocks, vectors and their remainders, unaligned starts; where only cases with relu fail, whether backward masks by exactly the z of the forward pass",
    restsOn: ["one-value-per-channel", "running-variance-unbiased", "layout-gradients", "relu-gradient"],
  },
  step: {
    text: "step(rate) makes parameter -= rate * gradient",
    hint: "axpy(), and the sign that the layer gives it",
    restsOn: ["parameter-gradients"],
  },
  "freeze-parameters": {
    text: "freeze({ parameters: true }) leaves weight and bias as they are too: backward adds nothing to their gradients, step() passes over them",
    hint: "requiresGrad of the layer's parameters, in freeze(), unfreeze(), backward() and step()",
    restsOn: ["freeze", "gradients-accumulate", "eval-gradient", "step"],
  },
  "empty-batch": {
    text: "an empty batch gives an empty result, leaves mean and variance alone, is counted, and its parameter gradients are zeros",
    hint: "train(), apply(), backward() and move() with no elements",
    restsOn: ["running-variance-unbiased", "counter", "eval-gradient"],
  },
  reset: {
    text: "resetRunningStats() starts the statistics and the counter anew; resetParameters() the parameters too",
    hint: "the resets of the layer",
    restsOn: ["state-dict"],
  },
  function: {
    text: "batchNorm() computes what a layer does, from the state that it is given, of which it writes the running statistics alone",
    hint: "the function batchNorm",
    restsOn: ["running-variance-unbiased", "training-gradient", "eval-gradient"],
  },
  "options-refused": {
    text: "an option that is NaN, out of range, misspelt or of another kind is refused, at construction where it is the layer's, and after it no field can be assigned",
    hint: "the checks of options, the fields of layers and parameters",
    restsOn: [],
  },
  errors: {
    text: "an error is a BatchNormError with a code, and says what came and what was expected",
    hint: "the checks of the backend",
    restsOn: ["tensors-hold-values"],
  },
  "imports-refused": {
    text: "importMoments() and importGradientSums() refuse what no export gives: another length, kind of array or count; NaN in a channel is taken",
    hint: "the checks of both imports",
    restsOn: ["errors"],
  },
} as const;

const numerics = {
  "same-bits": {
    text: "the same input gives the same bits each time",
    hint: "what an operation leaves behind in memory that it uses again; the order in which partial sums are merged",
    restsOn: ["training-gradient"],
  },
  "float64-sums": {
    text: "sums over a channel are as good as sums in float64",
    hint: "the accumulators of mean, variance and both gradient sums",
    restsOn: ["every-element", "same-bits"],
  },
  "parameters-of-any-size": {
    text: "y and dx are rounded once: weight, bias, eps and dy of any size cost them no digits",
    hint: "what is rounded between the sums over a channel and the result: mean, scale, shift",
    restsOn: ["float64-sums"],
  },
  "shifted-variance": {
    text: "the variance is computed from shifted values: data far from zero keep its digits",
    hint: "the shift of the sum of squares; never E[x^2] - E[x]^2",
    restsOn: ["float64-sums"],
  },
  "mean-in-two-parts": {
    text: "x = 1e6 + noise normalizes to the last bits: the mean is applied with its low part",
    hint: "the low part of the mean, in the sums and where x - mean is computed",
    restsOn: ["shifted-variance", "parameters-of-any-size"],
  },
  "badly-chosen-shift": {
    text: "a shift that lies far from the mean, such as an outlier that comes first, costs no digits",
    hint: "when and how a channel is summed a second time",
    restsOn: ["mean-in-two-parts", "channels-apart"],
  },
  "constant-channel": {
    text: "a constant channel has variance 0 and gives beta",
    hint: "the variance of equal values; what divides by its root",
    restsOn: ["parameters-of-any-size"],
  },
  "huge-and-tiny": {
    text: "deviations from 1e-23 to 1e20 and denormals lose nothing: what is finite in the specification is finite",
    hint: "where squares overflow or underflow in the type of the data",
    restsOn: ["parameters-of-any-size"],
  },
  "channels-apart": {
    text: "a NaN, an infinity, a huge or a tiny channel changes no other channel, to the bit",
    hint: "decisions that are taken for all channels at once, and multiplications by a mask",
    restsOn: ["every-element", "same-bits"],
  },
  "long-channel": {
    text: "ten million values in a channel lose nothing",
    hint: "how partial sums are carried on",
    restsOn: ["mean-in-two-parts"],
  },
  "pieces-are-the-whole": {
    text: "moments, apply, gradientSums and backward with those sums together are train and backward",
    hint: "what the fused operations do that the pieces do not",
    restsOn: ["every-element"],
  },
  "merged-moments": {
    text: "the moments of parts merge to the moments of the whole, in any order and split, also after export and import",
    hint: "merge(): the term delta^2 n_a n_b / (n_a + n_b), empty parts, the low part of the mean, and means that are not finite",
    restsOn: ["pieces-are-the-whole", "badly-chosen-shift", "constant-channel", "huge-and-tiny", "imports-refused"],
  },
  "merged-gradient-sums": {
    text: "gradient sums of parts add up to those of the whole, also after export and import",
    hint: "merge() of gradient sums, and their export",
    restsOn: ["pieces-are-the-whole", "parameters-of-any-size", "imports-refused"],
  },
  "types-apart": {
    text: "parameters and statistics of float64 beside data of float32 keep their own precision",
    hint: "what is rounded to the type of the data",
    restsOn: ["mean-in-two-parts"],
  },
} as const;

const ownership = {
  "inputs-refused": {
    text: "what was disposed, what another backend made and what is of another kind, size or number of channels is refused, and no state is written then",
    hint: "the checks of tensors, moments and gradient sums, at the beginning of every operation",
    restsOn: ["errors"],
  },
  "out-refused": {
    text: "an out that is an input other than dy, a state, disposed, another backend's or of another shape or type is refused, and nothing is written then",
    hint: "the checks of out, and that they come before anything is written",
    restsOn: ["errors"],
  },
  "tensors-copy": {
    text: "tensor(), state(), data(), imports and exports copy: what the caller does with the arrays later changes nothing",
    hint: "tensor(), state(), data(), import and export of moments and gradient sums",
    restsOn: ["tensors-hold-values"],
  },
  "inputs-unchanged": {
    text: "inputs are never written, to the bit, nor disposed",
    hint: "which buffer an operation writes its result to",
    restsOn: ["tensors-copy"],
  },
  "results-are-the-callers": {
    text: "a result belongs to the caller: nothing that happens later writes it",
    hint: "when buffers return to the pool, and who else still holds them",
    restsOn: ["inputs-unchanged"],
  },
  "retain-keeps-values": {
    text: "retain gives a handle on the present values, which outlives its owner's dispose and later writes of a state",
    hint: "retain()",
    restsOn: ["results-are-the-callers"],
  },
  "calls-keep-what-they-need": {
    text: "a call keeps x and the weight and statistics that it used; any number may be in flight, in any order",
    hint: "what a call retains, and until when",
    restsOn: [
      "inputs-unchanged",
      "mode-at-forward",
      "relu-gradient",
      "gradients-accumulate",
      "function",
      "step",
      "state-dict",
      "same-bits",
    ],
  },
  "only-states-are-written": {
    text: "only states are written, by assign, axpy and move",
    hint: "where assign, axpy and move ask for a state",
    restsOn: ["retain-keeps-values", "errors"],
  },
  out: {
    text: "out receives the result and is returned; it may be dy",
    hint: "which buffer an operation writes its result to, and in which order elements are read and written",
    restsOn: ["inputs-unchanged", "empty-batch", "relu-gradient", "same-bits"],
  },
  needs: {
    text: "backward computes what is needed: dx, the gradients of the parameters, both or none",
    hint: "needs in backward(), with sums and without",
    restsOn: ["inputs-unchanged", "freeze-parameters", "same-bits"],
  },
  disposal: {
    text: "disposing twice is harmless: of tensors, handles, moments and gradient sums, of layers and calls",
    hint: "dispose(), and what it gives back",
    restsOn: ["retain-keeps-values"],
  },
  "no-leak": {
    text: "1,000 steps leave no buffer behind, also when every other call throws",
    hint: "what is not disposed at the end of an operation or on its way out by an error; layers and calls",
    restsOn: [
      "calls-keep-what-they-need",
      "freeze-parameters",
      "reset",
      "needs",
      "out",
      "disposal",
      "inputs-refused",
      "out-refused",
      "imports-refused",
    ],
  },
  "failure-changes-nothing": {
    text: "a failure at any operation leaves state and memory as they were, and the next call is right",
    hint: "the order of work and writes: statistics move last, and what was written is put back",
    restsOn: ["cumulative-average", "reset", "state-dict-names-all", "only-states-are-written", "no-leak"],
  },
} as const;

/** What the requirements on agreement rest on: right results, where nothing is refused. */
const rightResults = [
  ...Object.keys(semantics).filter((name) => !["options-refused", "errors", "imports-refused"].includes(name)),
  ...Object.keys(numerics),
  "calls-keep-what-they-need",
  "disposal",
];

const agreement = {
  invariances: {
    text: "what holds for every input holds: shift, scale and order of x, parts of a batch, mean 0 and variance s^2 of the result",
    hint: "the sizes and the data of the counterexample: it is the smallest that was found",
    restsOn: rightResults,
  },
  "finite-differences": {
    text: "gradients are what central differences of the forward pass say",
    hint: "the gradient that is named, and the forward pass that it belongs to",
    restsOn: rightResults,
  },
  sequences: {
    text: "whole sequences of training, evaluation, backward, freezing, resets and loading give what PyTorch gives",
    hint: "the first step that differs",
    restsOn: rightResults,
  },
  "published-values": {
    text: "the values that other projects publish in their test suites come out",
    hint: "the convention of that suite, which its case names",
    restsOn: rightResults,
  },
} as const;

const parts = { semantics, numerics, ownership, agreement } as const;

export type RequirementName = { [Part in keyof typeof parts]: keyof (typeof parts)[Part] }[keyof typeof parts];

/** All requirements, by name. */
export const requirements = Object.fromEntries(
  Object.entries(parts).flatMap(([part, filed]) =>
    Object.entries(filed).map(([name, requirement]) => [name, { part, ...requirement }]),
  ),
) as Readonly<Record<RequirementName, Requirement>>;

/** The requirements that one rests on, through others or directly, each after those that it rests on itself. */
export function foundationsOf(
  name: RequirementName,
  found: Set<RequirementName> = new Set(),
): ReadonlySet<RequirementName> {
  for (const under of requirements[name].restsOn as readonly RequirementName[]) {
    if (!found.has(under)) foundationsOf(under, found);
    found.add(under);
  }
  return found;
}

/** The names of all requirements, each after those that it rests on. */
export const requirementNames: readonly RequirementName[] = [
  ...new Set((Object.keys(requirements) as RequirementName[]).flatMap((name) => [...foundationsOf(name), name])),
];
