import { type CpuBackend, type CpuTensor, createCpuBackend } from "@batchnorm/backend-cpu";
import { type Backend, isMoments } from "@batchnorm/core";
import { HostGradientSums } from "@batchnorm/core/host";
import { describe, expect, it } from "vitest";
import { ownershipChecks } from "../src/checks/ownership/index.js";
import { expectNoLeak } from "../src/checks/ownership/leaks.js";
import { examine, type RequirementName } from "../src/index.js";
import { altered, type Changes } from "./altered.js";

/** Throws for what is no live tensor of the backend. */
function isState(backend: CpuBackend, x: CpuTensor): boolean {
  backend.retain(x).dispose();
  return x.isState;
}

/** The requirements on ownership that a backend breaks, each with what is said of it first. */
async function broken(backend: Backend<CpuTensor>): Promise<Map<RequirementName, string>> {
  const found = new Map<RequirementName, string>();
  for await (const verdict of examine(backend, ownershipChecks(), { bounds: null })) {
    const { requirement } = verdict.check;
    if (verdict.outcome === "failed" && !found.has(requirement)) found.set(requirement, verdict.message);
  }
  return found;
}

describe("the checks of ownership", () => {
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

  const faults: readonly (readonly [string, RequirementName, RegExp, (right: CpuBackend) => Changes])[] = [
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
        train(pass, out) {
          const result = right.train(pass, out);
          pass.x.values.set(result.y.values);
          return result;
        },
      }),
    ],
    [
      "writes dx into dy",
      "inputs-unchanged",
      /after backward by moments of \[2, 3, 2\]: dy\[0\] is .*, expected/,
      (right) => ({
        backward: (pass, source, dy, o) => right.backward(pass, source, dy, { ...o, out: o.out ?? dy }),
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
      /apply by moments of \[2,3,2\] with an out that is x is not refused/,
      (right) => ({
        apply(pass, source, out) {
          if (out !== pass.x) return right.apply(pass, source, out);
          const y = right.apply(pass, source, null);
          pass.x.values.set(y.values);
          y.dispose();
          return pass.x;
        },
      }),
    ],
    [
      "takes any two numbers per channel for gradient sums",
      "inputs-refused",
      /merge of gradient sums with disposed sums as sums is not refused/,
      (right) => ({
        merge(parts) {
          try {
            return right.merge(parts);
          } catch (error) {
            if (!parts.every((part) => part instanceof HostGradientSums)) throw error;
            return right.importGradientSums(Float64Array.of(1, 2, 3, 4, 5, 6)) as never;
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
          const { shared } = handle as unknown as { readonly shared: { release(): void } };
          let isGone = false;
          handle.dispose = () => {
            if (isGone) shared.release();
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
      /apply by statistics of .*, out is a tensor: it was not returned/,
      (right) => ({
        apply(pass, source, out) {
          const y = right.apply(pass, source, out);
          return out === null || isMoments(source) ? y : right.retain(y);
        },
      }),
    ],
    [
      "always computes dx",
      "needs",
      /needs dx: false, affine: true: dx came, expected null/,
      (right) => ({
        backward: (pass, source, dy, o) =>
          right.backward(pass, source, dy, { ...o, needs: { ...o.needs, dx: o.needs.dx || o.sums !== null } }),
      }),
    ],
    [
      "forgets to dispose what it needs in between",
      "no-leak",
      /moments, all its results disposed, left 1 buffer behind/,
      (right) => ({
        moments(batch) {
          right.moments(batch);
          return right.moments(batch);
        },
      }),
    ],
    [
      "keeps a buffer where it refuses a dy",
      "no-leak",
      /backward by moments with a tensor of shape \[1,3,2\] as \w+, refused with ERR_SHAPE, left 1 buffer behind/,
      (right) => ({
        backward(...inputs) {
          try {
            return right.backward(...inputs);
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

  it.each(faults)("of a backend that %s say that %s does not hold", async (_, requirement, message, change) => {
    const found = await broken(altered(change));
    expect([...found.keys()]).toEqual([requirement]);
    expect(found.get(requirement)).toMatch(message);
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
