import type { GradientSums, Moments, Tensor } from "@batchnorm/core";
import { BatchNorm1d } from "@batchnorm/layers";
import { type Bench, benchChecksOf } from "../bench.js";
import { expectSameBits } from "../values.js";
import { dyadics, positiveDyadics } from "./dyadics.js";

/** Disposing again does not give back a buffer that is another's by now. */
async function askTwice(bench: Bench): Promise<void> {
  const { backend } = bench;
  const kinds: Readonly<Record<string, () => Tensor>> = {
    tensor: () => bench.tensor([1, 2, 3]),
    state: () => bench.state([1, 2, 3]),
    "handle on a tensor": () => bench.keep(backend.retain(bench.tensor([1, 2, 3]))),
    "handle on a state": () => bench.keep(backend.retain(bench.state([1, 2, 3]))),
  };
  for (const [name, make] of Object.entries(kinds)) {
    const made = make();
    bench.drop(made);
    const next = bench.tensor([4, 5, 6]);
    made.dispose();
    const others = [7, 8, 9].map((value) => bench.tensor([value, value, value]));
    const what = `a tensor made between two dispose() of a ${name}: `;
    expectSameBits(what, await next.data(), [4, 5, 6]);
    for (const [i, other] of others.entries()) {
      expectSameBits(`a tensor made after two dispose() of a ${name}: `, await other.data(), [7 + i, 7 + i, 7 + i]);
    }
  }
}

async function askHandleTwice(bench: Bench): Promise<void> {
  const owner = bench.tensor([1, 2, 3]);
  const handle = bench.backend.retain(owner);
  handle.dispose();
  handle.dispose();
  for (const value of [7, 8, 9]) bench.tensor([value, value, value]);
  expectSameBits("a tensor after two dispose() of a handle on it: ", await owner.data(), [1, 2, 3]);
}

async function askPiecesTwice(bench: Bench): Promise<void> {
  const { backend } = bench;
  const values = { moments: Float64Array.of(4, 1, 2, 3, 0, 0, 0, 4, 8, 16), sums: Float64Array.of(1, 2, 3, 4, 5, 6) };
  const kinds: Readonly<Record<keyof typeof values, () => Moments | GradientSums>> = {
    moments: () => backend.importMoments(values.moments),
    sums: () => backend.importGradientSums(values.sums),
  };
  for (const [name, make] of Object.entries(kinds)) {
    const made = make();
    made.dispose();
    const next = bench.keep(backend.importMoments(values.moments));
    const before = await next.export();
    made.dispose();
    for (const seed of [1, 2]) bench.keep(backend.importMoments(Float64Array.of(4, ...positiveDyadics(9, seed))));
    const now = await next.export();
    expectSameBits(`moments made between two dispose() of ${name}: `, now, before);
  }
}

/** What a layer and its calls held is another's by the time at which they are disposed again. */
async function askLayer(bench: Bench): Promise<void> {
  const { backend, dtype } = bench;
  const x = bench.tensor(dyadics(12, 1), [4, 3]);
  const layer = new BatchNorm1d(backend, 3, { dtype });
  const calls = [layer.call(x), layer.call(x)] as const;
  for (const { y } of calls) bench.keep(y);
  bench.keep(layer.forward(x));
  calls[0].dispose();
  layer.dispose();
  calls[1].dispose();
  const others = Array.from({ length: 20 }, (_, i) => ({ value: i, tensor: bench.tensor([i, i, i]) }));
  for (const thing of [...calls, layer]) thing.dispose();
  for (let i = 0; i < 20; i++) bench.tensor([-1, -1, -1]);
  for (const { value, tensor } of others) {
    const what = "a tensor made between two dispose() of a layer and its calls: ";
    expectSameBits(what, await tensor.data(), [value, value, value]);
  }
}

/** Disposing twice is harmless, whatever was made in between. */
export const disposeChecks = benchChecksOf("disposal", {
  "tensors disposed twice": askTwice,
  "handles disposed twice": askHandleTwice,
  "moments and gradient sums disposed twice": askPiecesTwice,
  "layers and calls": askLayer,
});
