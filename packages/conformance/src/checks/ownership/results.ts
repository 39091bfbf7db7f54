import { type DType, type GradientSums, type Moments, sizeOf, type Tensor, type View } from "@batchnorm/core";
import { BatchNorm1d, type Call } from "@batchnorm/layers";
import type { Check } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { Random } from "../random.js";
import { shapeOf } from "../shape.js";
import { expectSameBits, expectUnchanged, type Named } from "../values.js";
import { attempt, readAgain } from "./attempt.js";
import { dyadics } from "./dyadics.js";
import { everything, type Inputs, makeInputs, operations, type Results, read, smallView, views } from "./operations.js";

const requirement = "results-are-the-callers";

/** A result that nobody may write any more, with the values that it had at first. */
interface Live {
  readonly name: string;
  readonly thing: Tensor | Moments | GradientSums;
  /** one value of each result under its name, as `read` gives it */
  readonly before: Named;
}

/** Inputs of one view and type; not watched, that they stay is a matter of another requirement. */
interface Setting {
  readonly name: string;
  readonly view: View;
  readonly dtype: DType;
  readonly inputs: Inputs;
}

/** As many results as are alive at a time. */
const most = 10;

/** No retain: what it does is a matter of its own requirement. */
const mixed = operations.filter(({ name }) => name !== "retain");

/** In float64 both types together, where there are two: a buffer may come back as one of the other type. */
async function askInterleaved(bench: Bench, seed: number): Promise<void> {
  const random = new Random(seed);
  const { dtypes } = bench.backend.capabilities;
  const settings = (bench.dtype === "float64" ? dtypes : [bench.dtype]).flatMap((dtype) =>
    views.map((view): Setting => {
      const name = `${dtype} [${shapeOf(view)}]`;
      return { name, view, dtype, inputs: makeInputs(bench.in(dtype), view, seed) };
    }),
  );
  const live: Live[] = [];
  let made = 0;
  const pick = <One>(from: readonly One[]): One => from[random.integer(0, from.length - 1)] as One;

  const add = async (results: Results, what: string) => {
    for (const [name, thing] of Object.entries(results)) {
      if (thing === null) continue;
      bench.keep(thing);
      const before = await read({ [name]: thing });
      live.push({ name: `${name} of ${what}, made by operation ${made + 1}`, thing, before });
    }
    made++;
  };

  const operate = ({ name, view, inputs }: Setting) => {
    const operation = pick(mixed);
    const o = { ...everything, activation: pick([null, "relu"] as const) };
    const what = `${operation.name} of ${name}`;
    return attempt(what, async () => add(await operation.run(bench.backend, inputs, view, o), what));
  };

  const make = async ({ view, dtype }: Setting) => {
    const maker = pick(["tensor", "state"] as const);
    const shape = pick([shapeOf(view), [view.channels]]);
    const what = `${maker}() of ${dtype} [${shape}]`;
    await add({ tensor: bench.in(dtype)[maker](dyadics(sizeOf(shape), made), shape) }, what);
    return `after ${what}`;
  };

  for (let round = 0; round < 150; round++) {
    const setting = pick(settings);
    const when = random.integer(1, 6) === 1 ? await make(setting) : await operate(setting);
    for (const { name, thing, before } of live) {
      for (const [key, values] of Object.entries(before)) {
        const after = `${when}, operation ${made}: ${name}`;
        const now = await readAgain({ [key]: thing }, after);
        expectSameBits(`${after}: `, now[key] as ArrayLike<number>, values);
      }
    }
    while (live.length > most || (live.length > 0 && random.integer(1, 3) === 1)) {
      const [one] = live.splice(random.integer(0, live.length - 1), 1) as [Live];
      bench.drop(one.thing);
    }
  }
}

async function askLayer(bench: Bench): Promise<void> {
  const { backend, dtype } = bench;
  const layer = new BatchNorm1d(backend, 3, { dtype });
  const [x, dy] = [bench.tensor(dyadics(12, 1), [4, 3]), bench.tensor(dyadics(12, 2), [4, 3])];
  const results: Record<string, Tensor> = {};
  const calls: Call[] = [];
  await attempt("forward and backward", () => {
    const call = layer.call(x);
    calls.push(call);
    results["y of a call"] = bench.keep(call.y);
    results["dx of a call"] = bench.keep(call.backward(dy));
    results["y of forward"] = bench.keep(layer.forward(x));
    results["dx of backward"] = bench.keep(layer.backward(dy));
  });
  const before = await read(results);
  const expectKept = async (when: string) => {
    for (let seed = 10; seed < 14; seed++) bench.tensor(dyadics(12, seed), [4, 3]);
    expectUnchanged(when, await readAgain(results, when), before);
  };
  for (const call of calls) call.dispose();
  await expectKept("after the call was disposed");
  const again = await attempt("the next forward and backward", () => {
    bench.keep(layer.forward(dy));
    bench.keep(layer.backward(x));
  });
  await expectKept(again);
  layer.dispose();
  await expectKept("after the layer was disposed");
}

async function askMoments(bench: Bench): Promise<void> {
  const { backend } = bench;
  const t = makeInputs(bench, smallView, 1);
  const merged = bench.keep(backend.merge([t.moments, t.moreMoments]));
  const alone = bench.keep(backend.merge([t.moments]));
  const sums = bench.keep(backend.merge([t.sums]));
  const all = { mergedMoments: merged, moments: alone, sums };
  const before = await read(all);
  for (const part of [t.moments, t.moreMoments, t.sums]) bench.drop(part);
  makeInputs(bench, smallView, 2);
  const when = "after the parts that were merged were disposed";
  expectUnchanged(when, await readAgain(all, when), before);
}

/** What an operation gave is the caller's: later operations and disposals do not write it. */
export const resultsChecks: readonly Check[] = [
  ...[1, 2, 3].flatMap((seed) =>
    benchChecks(requirement, `operations and disposals in turn, order ${seed}`, (bench) => askInterleaved(bench, seed)),
  ),
  ...benchChecks(requirement, "merged moments and sums, whose parts are disposed", askMoments),
  ...benchChecks(requirement, "a layer's, after its calls and itself", askLayer),
];
