import type { Mutant } from "./mutant.js";

const backend = "backend-cpu/src/backend.ts";
const checks = "core/src/host/checks.ts";
const tensor = "core/src/host/tensor.ts";
const layer = "layers/src/batch-norm.ts";
const functional = "layers/src/functional.ts";

export const ownershipMutants: readonly Mutant[] = [
  {
    sentence: "tensors-copy",
    name: "data() of a tensor gives its memory away",
    file: tensor,
    replace: "return this.values.slice();",
    by: "return this.isState ? this.values.slice() : this.values;",
  },
  {
    sentence: "inputs-unchanged",
    name: "dy written in the gradient of eval",
    file: "backend-cpu/src/kernels/input-gradient.ts",
    replace: "dx[p] = dy[p] * scale;",
    by: "dx[p] = dy[p] *= scale;",
  },
  {
    sentence: "results-are-the-callers",
    name: "y goes with its call",
    file: functional,
    replace: "held.release(y);",
    by: "",
  },
  {
    sentence: "results-are-the-callers",
    name: "a result's buffer goes back to the pool at once",
    file: backend,
    replace: "kernel(storage.array);",
    by: "kernel(storage.array);\n    storage.release();",
  },
  {
    sentence: "retain-keeps-values",
    name: "a state's memory shared by its retained values",
    file: backend,
    replace: "if (x.isState) return",
    by: "if (x.isState && x.shape.length === 0) return",
  },
  {
    sentence: "calls-keep-what-they-need",
    name: "the weight at backward",
    file: functional,
    replace: "const affine = { weight: retain(s.affine.weight),",
    by: "const affine = { weight: s.affine.weight,",
  },
  {
    sentence: "calls-keep-what-they-need",
    name: "the running variance at backward",
    file: functional,
    replace: "variance: held.add(backend.retain(running.variance)),",
    by: "variance: running.variance,",
  },
  {
    sentence: "only-states-are-written",
    name: "assign() writes tensors",
    file: backend,
    replace: "this.#check.state(to);",
    by: "this.#check.own(to);",
  },
  {
    sentence: "only-states-are-written",
    name: "axpy() writes tensors",
    file: backend,
    replace: "this.#check.state(state);",
    by: "this.#check.own(state);",
  },
  {
    sentence: "only-states-are-written",
    name: "move() writes tensors",
    file: backend,
    replace: "this.#check.state(running.variance);",
    by: "this.#check.own(running.variance);",
  },
  {
    sentence: "out-refused",
    name: "out may be x",
    file: checks,
    replace: "isX: out.storage === x.storage,",
    by: "isX: out.storage === x.storage && out.isState,",
  },
  {
    sentence: "out-refused",
    name: "out may be a state",
    file: checks,
    replace: "isState: out.isState,",
    by: "isState: out.isState && out.shape.length > 4,",
  },
  {
    sentence: "out",
    name: "the result written to out, another returned",
    file: backend,
    replace: "kernel(out.values);\n      return out;",
    by: "kernel(out.values);\n      return this.retain(out);",
  },
  {
    sentence: "needs",
    name: "dx computed unasked",
    file: backend,
    replace: "dx: o.needs.dx ? dx() : null",
    by: "dx: dx()",
  },
  {
    sentence: "needs",
    name: "no gradients of parameters without dx",
    file: backend,
    replace: "dbias: o.needs.affine && sums !== null",
    by: "dbias: o.needs.affine && o.needs.dx && sums !== null",
  },
  {
    sentence: "disposal",
    name: "disposing twice gives the buffer back twice",
    file: tensor,
    replace: "this.#storage?.release();",
    by: `const again = this as unknown as { gone?: Storage };
    again.gone = this.#storage ?? again.gone;
    again.gone?.release();`,
  },
  {
    sentence: "disposal",
    name: "moments disposed twice give their buffers back twice",
    file: "backend-cpu/src/scratch.ts",
    replace: "this.#taken = [];\n  }",
    by: "}",
  },
  {
    sentence: "inputs-refused",
    name: "moments used after their dispose",
    file: "core/src/host/per-channel.ts",
    replace: "if (!this.isDisposed) return;",
    by: "return;",
  },
  {
    sentence: "inputs-refused",
    name: "moments of other channels accepted",
    file: "core/src/checks.ts",
    replace: "if (view !== undefined && value.channels !== view.channels)",
    by: "if (view !== undefined && value.channels > view.channels)",
  },
  {
    sentence: "inputs-refused",
    name: "assign() takes another size",
    file: backend,
    replace: "this.#check.sameSize(from, to);",
    by: "this.#check.own(from);",
  },
  {
    sentence: "inputs-refused",
    name: "axpy() takes another size",
    file: backend,
    replace: "this.#check.sameSize(x, state);",
    by: "this.#check.own(x);",
  },
  {
    sentence: "inputs-refused",
    name: "assign() takes another shape of as many values",
    file: backend,
    replace: "this.#check.sameSize(from, to);",
    by: "if (sizeOf(from.shape) !== sizeOf(to.shape)) this.#check.sameSize(from, to);",
  },
  {
    sentence: "inputs-refused",
    name: "move() takes a variance of another size",
    file: backend,
    replace: "this.#check.statistics(running, {",
    by: "this.#check.statistics({ mean: running.mean, variance: running.mean }, {",
  },
  {
    sentence: "inputs-refused",
    name: "move() takes a mean of another size",
    file: backend,
    replace: "this.#check.statistics(running, {",
    by: "this.#check.statistics({ mean: running.variance, variance: running.variance }, {",
  },
  {
    sentence: "inputs-refused",
    name: "move() takes moments of fewer channels",
    file: backend,
    replace: "{ outer: 1, channels: own.channels, inner: 1 }",
    by: "{ outer: 1, channels: Math.max(own.channels, sizeOf(running.mean.shape)), inner: 1 }",
  },
  {
    sentence: "inputs-refused",
    name: "move() writes the mean before it looks at the variance",
    file: backend,
    replace: "this.#check.state(running.mean);",
    by: "this.#check.state(running.mean);\n    if (running.mean.shape[0] !== running.variance.shape[0]) running.mean.values.fill(0);",
  },
  {
    sentence: "inputs-refused",
    name: "a dy of another size taken",
    file: checks,
    replace: "this.sameSize(dy, x);",
    by: "this.own(dy);",
  },
  {
    sentence: "inputs-refused",
    name: "a bias of another size taken",
    file: checks,
    replace: 'this.#perChannel("bias", p.bias, view);',
    by: "if (p.bias !== null) this.own(p.bias);",
  },
  {
    sentence: "inputs-refused",
    name: "a variance of another size taken",
    file: checks,
    replace: 'this.#perChannel("variance", s.variance, view);',
    by: "this.own(s.variance);",
  },
  {
    sentence: "no-leak",
    name: "the sums of the backward pass kept",
    file: backend,
    replace: "finally {\n      sums.dispose();\n    }",
    by: "finally {\n    }",
  },
  {
    sentence: "no-leak",
    name: "moments kept where normalizing throws",
    file: backend,
    replace: "moments.dispose();\n      throw error;",
    by: "throw error;",
  },
  {
    sentence: "no-leak",
    name: "gradients kept once they are added up",
    file: layer,
    replace: "held.add(dbias);",
    by: "",
  },
  {
    sentence: "failure-changes-nothing",
    name: "what was written is not put back",
    file: "layers/src/transaction.ts",
    replace: "for (const { state, values } of before) backend.assign(state, values);",
    by: "",
  },
  {
    sentence: "failure-changes-nothing",
    name: "running statistics moved before y is computed",
    file: functional,
    replace: `const { y, moments } = backend.train(x, view, affine, s);
    held.add(moments);
    if (y !== s.out) held.add(y);
    if (s.running !== null) backend.move(s.running, moments, s.momentum, 1);`,
    by: `const moments = held.add(backend.moments(x, view));
    if (s.running !== null) backend.move(s.running, moments, s.momentum, 1);
    const y = backend.normalize(x, view, moments, affine, s);`,
  },
];
