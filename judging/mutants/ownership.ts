import type { Mutant } from "./mutant.js";

const backend = "core/src/host/backend.ts";
const checks = "core/src/host/checks.ts";
const perChannel = "core/src/host/per-channel.ts";
const tensor = "core/src/host/tensor.ts";
const functional = "layers/src/functional.ts";

export const ownershipMutants: readonly Mutant[] = [
  {
    requirement: "tensors-copy",
    name: "data() of a tensor gives its memory away",
    file: tensor,
    replace: "return this.values.slice();",
    by: "return this.isState ? this.values.slice() : this.values;",
  },
  {
    requirement: "inputs-unchanged",
    name: "dy written in the gradient of eval",
    file: "backend-cpu/src/kernels/input-gradient.ts",
    replace: "dx[p] = dy[p] * scale;",
    by: "dx[p] = dy[p] *= scale;",
  },
  {
    requirement: "results-are-the-callers",
    name: "y goes with its call",
    file: functional,
    replace: "this.y = y;",
    by: `this.y = y;
      const { dispose } = this;
      this.dispose = () => {
        dispose.call(this);
        if (y !== s.out) y.dispose();
      };`,
  },
  {
    requirement: "results-are-the-callers",
    name: "a result's buffer goes back to the pool at once",
    file: backend,
    replace: `this.#kernels.apply(pass, source, y);
`,
    by: `this.#kernels.apply(pass, source, y);
      if (out === null) y.shared.release();
`,
  },
  {
    requirement: "retain-keeps-values",
    name: "a state's memory shared by its retained values",
    file: backend,
    replace: "if (!x.isState) return",
    by: "if (!x.isState || x.shape.length > 0) return",
  },
  {
    requirement: "calls-keep-what-they-need",
    name: "the weight at backward",
    file: functional,
    replace: "this.#pass = pass;",
    by: `this.#pass = pass;
    this.differentiate = (dy, options) => {
      const kept = checkLive(this.#pass);
      checkGradient(backend, dy, kept.x);
      return backend.backward({ ...kept, weight: s.weight }, this.#source, dy, options);
    };`,
  },
  {
    requirement: "calls-keep-what-they-need",
    name: "the running variance at backward",
    file: functional,
    replace: "this.#pass = pass;",
    by: `this.#pass = pass;
    this.differentiate = (dy, options) => {
      const kept = checkLive(this.#pass);
      checkGradient(backend, dy, kept.x);
      const source = this.#source;
      const { variance } = s.running ?? {};
      return backend.backward(kept, isMoments(source) ? source : { ...source, variance: variance as T }, dy, options);
    };`,
  },
  {
    requirement: "only-states-are-written",
    name: "assign() writes tensors",
    file: backend,
    replace: "this.#checkWritable(state, from);",
    by: `this.#check.own(state);
    this.#check.sameShape(from, state);`,
  },
  {
    requirement: "only-states-are-written",
    name: "axpy() writes tensors",
    file: backend,
    replace: "this.#checkWritable(state, x);",
    by: `this.#check.own(state);
    this.#check.sameShape(x, state);`,
  },
  {
    requirement: "only-states-are-written",
    name: "move() writes tensors",
    file: backend,
    replace: "this.#check.state(running.variance);",
    by: "this.#check.own(running.variance);",
  },
  {
    requirement: "out-refused",
    name: "out may be x",
    file: checks,
    replace: "isX: out.shared === x.shared,",
    by: "isX: out.shared === x.shared && out.isState,",
  },
  {
    requirement: "out-refused",
    name: "out may be a state",
    file: checks,
    replace: "isState: out.isState,",
    by: "isState: out.isState && out.shape.length > 4,",
  },
  {
    requirement: "out",
    name: "the result written to out, another returned",
    file: backend,
    replace: `this.#kernels.apply(pass, source, y);
      return y;`,
    by: `this.#kernels.apply(pass, source, y);
      return out === null ? y : this.retain(y);`,
  },
  {
    requirement: "needs",
    name: "dx computed unasked",
    file: backend,
    replace: "if (needs.dx) dx = out",
    by: "dx = out",
  },
  {
    requirement: "needs",
    name: "no gradients of parameters without dx",
    file: backend,
    replace: "if (needs.affine && bias !== null)",
    by: "if (needs.affine && needs.dx && bias !== null)",
  },
  {
    requirement: "disposal",
    name: "disposing twice gives the buffer back twice",
    file: tensor,
    replace: "this.#shared?.release();",
    by: `const again = this as unknown as { gone?: Shared<M> };
    again.gone = this.#shared ?? again.gone;
    again.gone?.release();`,
  },
  {
    requirement: "disposal",
    name: "moments disposed twice give their buffers back twice",
    file: perChannel,
    replace: "this.#shared?.release();",
    by: `const again = this as unknown as { gone?: Shared<M> };
    again.gone?.share().release();
    again.gone = this.#shared ?? again.gone;
    this.#shared?.release();`,
  },
  {
    requirement: "inputs-refused",
    name: "moments used after their dispose",
    file: perChannel,
    replace: "this.#shared = null;",
    by: "",
  },
  {
    requirement: "inputs-refused",
    name: "moments of other channels accepted",
    file: "core/src/tensor-checks.ts",
    replace: "if (view !== undefined && value.channels !== view.channels)",
    by: "if (view !== undefined && value.channels > view.channels)",
  },
  {
    requirement: "inputs-refused",
    name: "assign() takes another size",
    file: backend,
    replace: "this.#checkWritable(state, from);",
    by: `this.#check.state(state);
    this.#check.own(from);`,
  },
  {
    requirement: "inputs-refused",
    name: "axpy() takes another size",
    file: backend,
    replace: "this.#checkWritable(state, x);",
    by: `this.#check.state(state);
    this.#check.own(x);`,
  },
  {
    requirement: "inputs-refused",
    name: "assign() takes another shape of as many values",
    file: backend,
    replace: "this.#checkWritable(state, from);",
    by: `this.#check.state(state);
    if (sizeOf(this.#check.own(from).shape) !== sizeOf(state.shape)) this.#check.sameShape(from, state);`,
  },
  {
    requirement: "inputs-refused",
    name: "move() takes a variance of another size",
    file: backend,
    replace: "this.#check.statistics(running, {",
    by: "this.#check.statistics({ mean: running.mean, variance: running.mean }, {",
  },
  {
    requirement: "inputs-refused",
    name: "move() takes a mean of another size",
    file: backend,
    replace: "this.#check.statistics(running, {",
    by: "this.#check.statistics({ mean: running.variance, variance: running.variance }, {",
  },
  {
    requirement: "inputs-refused",
    name: "move() takes moments of fewer channels",
    file: backend,
    replace: "{ outer: 1, channels, inner: 1 }",
    by: "{ outer: 1, channels: Math.max(channels, sizeOf(running.mean.shape)), inner: 1 }",
  },
  {
    requirement: "inputs-refused",
    name: "move() writes the mean before it looks at the variance",
    file: backend,
    replace: "this.#check.state(running.mean);",
    by: "this.#check.state(running.mean);\n    if (running.mean.shape[0] !== running.variance.shape[0]) running.mean.values.fill(0);",
  },
  {
    requirement: "inputs-refused",
    name: "a dy of another size taken",
    file: checks,
    replace: "this.sameShape(dy, x);",
    by: "this.own(dy);",
  },
  {
    requirement: "inputs-refused",
    name: "a bias of another size taken",
    file: checks,
    replace: 'this.#perChannel("bias", pass.bias, pass.view);',
    by: "if (pass.bias !== null) this.own(pass.bias);",
  },
  {
    requirement: "inputs-refused",
    name: "a variance of another size taken",
    file: checks,
    replace: 'this.#perChannel("variance", variance, view);',
    by: "this.own(variance);",
  },
  {
    requirement: "no-leak",
    name: "the sums of the backward pass kept",
    file: backend,
    replace: "if (isSummed) sums?.dispose();",
    by: "",
  },
  {
    requirement: "no-leak",
    name: "moments kept where normalizing throws",
    file: backend,
    replace: `if (out !== null) this.#check.out(out, pass, null);
    const moments = this.#newMoments(pass);`,
    by: `const moments = this.#newMoments(pass);
    if (out !== null) this.#check.out(out, pass, null);`,
  },
  {
    requirement: "no-leak",
    name: "gradients kept once they are added up",
    file: "layers/src/layer-call.ts",
    replace: "gradients.dbias?.dispose();",
    by: "",
  },
  {
    requirement: "failure-changes-nothing",
    name: "what was written is not put back",
    file: "layers/src/transaction.ts",
    replace: "for (const { state, values } of before) backend.assign(state, values);",
    by: "",
  },
  {
    requirement: "failure-changes-nothing",
    name: "running statistics moved before y is computed",
    file: functional,
    replace: `const { y, moments } = backend.train(pass, s.out);
  try {
    if (s.running !== null) backend.move(s.running, moments, s.momentum, 1);
    return { y, source: moments };
  } catch (error) {
    moments.dispose();
    if (y !== s.out) y.dispose();`,
    by: `const moments = backend.moments(pass);
  try {
    if (s.running !== null) backend.move(s.running, moments, s.momentum, 1);
    return { y: backend.apply(pass, moments, s.out), source: moments };
  } catch (error) {
    moments.dispose();`,
  },
];
