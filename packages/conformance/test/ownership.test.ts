import { type CpuBackend, type CpuTensor, createCpuBackend } from "@batchnorm/backend-cpu";
import type { Backend } from "@batchnorm/core";
import { describe, expect, it } from "vitest";
import { ownershipChecks } from "../src/checks/ownership/index.js";
import { expectNoLeak } from "../src/checks/ownership/leaks.js";
import { examine, type SentenceName } from "../src/index.js";

type Changes = Partial<Backend<CpuTensor>>;

/** The cpu backend with some operations replaced. */
function altered(change: (right: CpuBackend) => Changes): Backend<CpuTensor> {
  const right = createCpuBackend();
  const changed = change(right) as Record<string | symbol, unknown>;
  return new Proxy(right, {
    get(target, name) {
      const member = changed[name] ?? (Reflect.get(target, name, target) as unknown);
      return typeof member === "function" && !(name in changed) ? member.bind(target) : member;
    },
  });
}

function isState(backend: CpuBackend, x: CpuTensor): boolean {
  try {
    backend.checkState(x);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_ALIAS") return false;
    throw error;
  }
}

/** The sentences on ownership that a backend breaks, each with what is said of it first. */
async function broken(backend: Backend<CpuTensor>): Promise<Map<SentenceName, string>> {
  const found = new Map<SentenceName, string>();
  for await (const verdict of examine(backend, ownershipChecks(), { bounds: null })) {
    const { sentence } = verdict.check;
    if (verdict.outcome === "failed" && !found.has(sentence)) found.set(sentence, verdict.message);
  }
  return found;
}

describe("the checks of ownership", () => {
  it("find nothing wrong with the cpu backend", async () => {
    expect([...(await broken(createCpuBackend()))]).toEqual([]);
  });

  it("find nothing wrong with a backend that tells of a refused write only when it is waited for", async () => {
    const late = altered((right) => {
      const failures: unknown[] = [];
      const later =
        <Args extends unknown[]>(work: (...args: Args) => void) =>
        (...args: Args) => {
          try {
            work(...args);
          } catch (error) {
            failures.push(error);
          }
        };
      return {
        assign: later(right.assign.bind(right)),
        axpy: later(right.axpy.bind(right)),
        async sync() {
          const [first] = failures.splice(0);
          if (first !== undefined) throw first;
        },
      };
    });
    expect([...(await broken(late))]).toEqual([]);
  });

  const faults: readonly (readonly [string, SentenceName, RegExp, (right: CpuBackend) => Changes])[] = [
    [
      "keeps the shape that it was given",
      "tensors-copy",
      /the caller wrote afterwards has shape \[99, 3\], expected \[2, 3\]/,
      (right) => ({
        tensor: (values, shape, dtype) =>
          Object.defineProperty(right.tensor(values, shape, dtype), "shape", { value: shape }),
      }),
    ],
    [
      "writes into x what it normalizes",
      "inputs-unchanged",
      /after train of \[2, 3, 2\]: x\[0\] is .*, expected/,
      (right) => ({
        train(x, view, p, o) {
          const result = right.train(x, view, p, o);
          x.values.set(result.y.values);
          return result;
        },
      }),
    ],
    [
      "writes dx into dy",
      "inputs-unchanged",
      /after backward by moments of \[2, 3, 2\]: dy\[0\] is .*, expected/,
      (right) => ({
        backward: (dy, x, view, from, p, o) => right.backward(dy, x, view, from, p, { ...o, out: o.out ?? dy }),
        gradients: (dy, x, view, moments, sums, p, o) =>
          right.gradients(dy, x, view, moments, sums, p, { ...o, out: o.out ?? dy }),
      }),
    ],
    [
      "merges a single part by handing it back",
      "results-are-the-callers",
      /parts that were merged were disposed/,
      (right) => ({ merge: (parts) => (parts.length === 1 && parts[0] ? parts[0] : right.merge(parts)) }),
    ],
    [
      "gives a state itself as a handle on it",
      "retain-keeps-values",
      /of a state/,
      (right) => ({ retain: (x) => (isState(right, x) ? x : right.retain(x)) }),
    ],
    [
      "adds to any tensor",
      "only-states-are-written",
      /axpy with a tensor that is no state as mean is not refused/,
      (right) => ({
        axpy(a, x, state) {
          if (isState(right, state)) right.axpy(a, x, state);
        },
      }),
    ],
    [
      "writes its result to x where x is out",
      "out-refused",
      /normalize of \[2,3,2\] with an out that is x is not refused/,
      (right) => ({
        normalize(x, view, moments, p, o) {
          if (o.out !== x) return right.normalize(x, view, moments, p, o);
          const y = right.normalize(x, view, moments, p, { ...o, out: null });
          x.values.set(y.values);
          y.dispose();
          return x;
        },
      }),
    ],
    [
      "takes any two numbers per channel for gradient sums",
      "inputs-refused",
      /mergeGradientSums with disposed sums as sums is not refused/,
      (right) => ({
        mergeGradientSums(parts) {
          try {
            return right.mergeGradientSums(parts);
          } catch {
            return right.importGradientSums(Float64Array.of(1, 2, 3, 4, 5, 6));
          }
        },
      }),
    ],
    [
      "gives a buffer back each time that a handle is disposed",
      "disposal",
      /a tensor after two dispose\(\) of a handle on it: \[0\] is .*, expected 1/,
      (right) => ({
        retain(x) {
          const handle = right.retain(x);
          if (isState(right, x)) return handle;
          const { storage } = handle;
          let isGone = false;
          handle.dispose = () => {
            if (isGone) storage.release();
            else Object.getPrototypeOf(handle).dispose.call(handle);
            isGone = true;
          };
          return handle;
        },
      }),
    ],
    [
      "gives a tensor of its own where out was given",
      "out",
      /infer of .*, out is a tensor: it was not returned/,
      (right) => ({
        infer(x, view, statistics, p, o) {
          const y = right.infer(x, view, statistics, p, o);
          return o.out === null ? y : right.retain(y);
        },
      }),
    ],
    [
      "always computes dx",
      "needs",
      /needs dx: false, affine: true: dx came, expected null/,
      (right) => ({
        gradients: (dy, x, view, moments, sums, p, o) =>
          right.gradients(dy, x, view, moments, sums, p, { ...o, needs: { ...o.needs, dx: true } }),
      }),
    ],
    [
      "forgets to dispose what it needs in between",
      "no-leak",
      /moments, all its results disposed, left 3 buffers behind/,
      (right) => ({
        moments(x, view) {
          right.moments(x, view);
          return right.moments(x, view);
        },
      }),
    ],
    [
      "keeps a buffer where it refuses a dy",
      "no-leak",
      /gradients with a tensor of shape \[1,3,2\] as \w+, refused with ERR_SHAPE, left 1 buffer behind/,
      (right) => ({
        gradients(...inputs) {
          try {
            return right.gradients(...inputs);
          } catch (error) {
            if ((error as { code?: string }).code === "ERR_SHAPE") right.tensor([1], [1]);
            throw error;
          }
        },
      }),
    ],
    [
      "moves the mean before it looks at the rest",
      "failure-changes-nothing",
      /after move refused .*: mean\[0\] is .*, expected/,
      (right) => ({
        move(running, moments, weight, correction) {
          if (moments.count === correction) running.mean.values.fill(0);
          right.move(running, moments, weight, correction);
        },
      }),
    ],
  ];

  it.each(faults)("of a backend that %s say that %s does not hold", async (_, sentence, message, change) => {
    const found = await broken(altered(change));
    expect([...found.keys()]).toEqual([sentence]);
    expect(found.get(sentence)).toMatch(message);
  });

  it("say what was thrown where that left something behind", async () => {
    const backend = createCpuBackend();
    const before = backend.memory();
    backend.tensor([1], [1]);
    const thrown = new TypeError("nothing there");
    await expect(expectNoLeak(backend, before, "work", thrown)).rejects.toThrow(
      "work threw TypeError: nothing there and left 1 buffer behind",
    );
    await expect(expectNoLeak(backend, before, "work")).rejects.toThrow("work left 1 buffer behind");
  });
});
