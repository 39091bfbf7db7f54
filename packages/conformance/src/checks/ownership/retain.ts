import type { Tensor } from "@batchnorm/core";
import { expectThat } from "../../check.js";
import { type Bench, benchChecksOf } from "../bench.js";
import { expectShape } from "../shape.js";
import { expectSameBits } from "../values.js";
import { dyadics } from "./dyadics.js";
import { permutations } from "./permutations.js";

const shape = [2, 3];

/** Makes tensors of the same size: they take a buffer that was given back too early. */
function overwrite(bench: Bench): void {
  for (let seed = 20; seed < 24; seed++) bench.tensor(dyadics(6, seed), shape);
}

async function askHandle(bench: Bench): Promise<void> {
  for (const maker of ["tensor", "state"] as const) {
    const values = dyadics(6, 1);
    const owner = bench[maker](values, shape);
    const handle = bench.keep(bench.backend.retain(owner));
    const what = `a handle on a ${maker}`;
    expectShape(what, handle, shape);
    expectThat(handle.dtype === bench.dtype, `${what} has type ${handle.dtype}, expected ${bench.dtype}`);
    expectSameBits(`${what}: `, await handle.data(), values);
  }
}

/** Owner, two handles on it and one on a handle, disposed in every order. */
async function askOrder(bench: Bench): Promise<void> {
  const { backend } = bench;
  const names = ["the owner", "a handle", "another handle", "a handle on a handle"] as const;
  for (const maker of ["tensor", "state"] as const) {
    for (const order of permutations([0, 1, 2, 3])) {
      const values = dyadics(6, 1);
      const owner = bench[maker](values, shape);
      const first = bench.keep(backend.retain(owner));
      const all = [owner, first, bench.keep(backend.retain(owner)), bench.keep(backend.retain(first))];
      for (const [at, gone] of order.entries()) {
        bench.drop(all[gone] as Tensor);
        overwrite(bench);
        for (const left of order.slice(at + 1)) {
          const disposed = order.slice(0, at + 1).map((which) => names[which]);
          const what = `of a ${maker}, ${disposed.join(", then ")} disposed: ${names[left]}`;
          expectSameBits(what, await (all[left] as Tensor).data(), values);
        }
      }
      bench.clear();
    }
  }
}

async function askWrites(bench: Bench): Promise<void> {
  const { backend } = bench;
  const writes: Readonly<Record<string, (mean: Tensor, variance: Tensor) => void>> = {
    assign: (mean) => backend.assign(mean, bench.tensor([7, 8, 9])),
    axpy: (mean) => backend.axpy(1, bench.tensor([7, 8, 9]), mean),
    move: (mean, variance) => {
      const x = bench.tensor(dyadics(12, 3), [4, 3]);
      const moments = bench.keep(backend.moments({ x, view: { outer: 4, channels: 3, inner: 1 } }));
      backend.move({ mean, variance }, moments, 0.5, 1);
    },
  };
  for (const [name, write] of Object.entries(writes)) {
    const states = [bench.state([1, 2, 3]), bench.state([4, 5, 6])] as const;
    const handles = states.map((state) => bench.keep(backend.retain(state)));
    const second = handles.map((handle) => bench.keep(backend.retain(handle)));
    write(...states);
    for (const [at, right] of [
      [1, 2, 3],
      [4, 5, 6],
    ].entries()) {
      const what = `of a state that ${name} wrote`;
      expectSameBits(`the handle ${what}: `, await (handles[at] as Tensor).data(), right);
      expectSameBits(`the handle on the handle ${what}: `, await (second[at] as Tensor).data(), right);
    }
  }
}

async function askPresent(bench: Bench): Promise<void> {
  const { backend } = bench;
  const state = bench.state([1, 2, 3]);
  const handles: { readonly handle: Tensor; readonly values: ArrayLike<number> }[] = [];
  for (let i = 0; i < 4; i++) {
    if (i > 0) backend.axpy(1, bench.tensor([1, 1, 1]), state);
    handles.push({ handle: bench.keep(backend.retain(state)), values: await state.data() });
  }
  bench.drop(state);
  overwrite(bench);
  for (const [i, { handle, values }] of handles.entries()) {
    expectSameBits(`the handle after ${i} writes of its state: `, await handle.data(), values);
  }
}

/** A handle keeps the values of the moment at which it was made. */
export const retainChecks = benchChecksOf("retain-keeps-values", {
  "values, shape and type": askHandle,
  "disposals in every order": askOrder,
  "later writes of a state": askWrites,
  "handles between writes of a state": askPresent,
});
