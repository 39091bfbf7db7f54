import { sizeOf, type Tensor } from "@batchnorm/core";
import type { LayerOptions } from "@batchnorm/layers";
import { type Check, expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { shapeOf } from "../shape.js";
import { expectSameBits, expectUnchanged } from "../values.js";
import { dyadics } from "./dyadics.js";
import { batchOf, emptyView, makeInputs, type Operation, passes, read, runOn, views } from "./operations.js";

const requirement = "out";

const activations = [null, "relu"] as const;

/** The result in `out`, and in dy where that is allowed, has the bits that it has without. */
async function askReceiving(bench: Bench, operation: Operation): Promise<void> {
  for (const view of [...views, emptyView]) {
    for (const activation of activations) {
      const inputs = makeInputs(bench, view, 1);
      const where = `${operation.name} of [${shapeOf(view)}], activation ${activation}`;
      const plain = await runOn(bench, operation, inputs, view, { activation });
      const expected = await read(plain);
      const outs: Record<string, Tensor> = { "a tensor": bench.tensor(dyadics(sizeOf(view), 5), shapeOf(view)) };
      if (operation.takes.includes("dy")) outs.dy = inputs.dy;
      for (const [name, out] of Object.entries(outs)) {
        const results = await runOn(bench, operation, inputs, view, { activation, out });
        const what = `${where}, out is ${name}`;
        const batch = batchOf(results, what);
        expectThat(batch === out, `${what}: it was not returned, another tensor came`);
        expectUnchanged(what, await read(results), expected);
      }
      bench.clear();
    }
  }
}

async function askLayer(bench: Bench, options: LayerOptions): Promise<void> {
  const shape = [4, 3];
  const input = (seed: number) => bench.tensor(dyadics(12, seed), shape);
  const [layer, twin] = [1, 2].map(() => bench.layer(3, options));
  if (layer === undefined || twin === undefined) return;
  for (const mode of ["train", "eval"] as const) {
    const [x, out] = [input(1), input(3)];
    const y = bench.keep(twin[mode]().forward(x));
    const dx = bench.keep(twin.backward(input(2)));
    const dy = input(2);
    expectThat(layer[mode]().forward(x, { out }) === out, `forward in ${mode} with an out gave another tensor`);
    expectThat(layer.backward(dy, { out: dy }) === dy, `backward in ${mode} with dy as out gave another tensor`);
    expectSameBits(`y of a layer in ${mode} in an out: y`, await out.data(), await y.data());
    expectSameBits(`dx of a layer in ${mode} in its dy: dx`, await dy.data(), await dx.data());
  }
}

/** `out` receives the result and is returned. */
export const outChecks: readonly Check[] = [
  ...passes.flatMap((operation) =>
    benchChecks(requirement, `${operation.name} writes and returns it`, (bench) => askReceiving(bench, operation)),
  ),
  ...benchChecks(requirement, "of a layer", (bench) => askLayer(bench, {})),
  ...benchChecks(requirement, "of a layer without parameters", (bench) => askLayer(bench, { affine: false })),
];
