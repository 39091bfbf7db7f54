import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { type HostTensor, hostBackend } from "../../src/host/index.js";
import { bitsOf, disposeAll, everyOperation, makeInputs, type Operation, withOut } from "../helpers/operations.js";
import { EngineFailure, engines, type PlainEngine } from "../helpers/plain-engine.js";

const view = { outer: 5, channels: 3, inner: 2 };

/** Operations that ask nothing of an engine, and cannot fail by it. */
const alone = ["assign", "axpy", "retain", "move"];

/**
 * Lets an operation fail at the first thing that it asks of the engine, at the second and so on, until it has its way. A
 * failure changes no input and leaves no buffer behind.
 *
 * @returns how often it failed
 */
function failEverywhere(engine: PlainEngine, run: Operation["run"], makeOut: boolean): number {
  const backend = hostBackend(engine);
  const inputs = makeInputs(backend, view, { activation: "relu" });
  const out: HostTensor | null = makeOut ? backend.tensor(inputs.x.values, inputs.x.shape) : null;
  const before = bitsOf(inputs);
  const { liveBuffers } = backend.memory();
  const { size } = engine.live;
  for (let failures = 0; ; failures++) {
    const asked = engine.asked.length;
    engine.failAfter(failures);
    let made: unknown;
    try {
      made = run(backend, { ...inputs, out });
    } catch (error) {
      expect(error).toBeInstanceOf(EngineFailure);
      expect(engine.asked.length - asked).toBe(failures);
      expect(backend.memory().liveBuffers).toBe(liveBuffers);
      expect(engine.live.size).toBe(size);
      expect(bitsOf(inputs)).toEqual(before);
      if (out !== null) expect(engine.live).toContain(out.memory);
      continue;
    }
    disposeAll(made);
    expect(backend.memory().liveBuffers).toBe(liveBuffers - (makeOut ? 1 : 0));
    return failures;
  }
}

describe.each(engines)("an engine that fails, with %s", (_, makeEngine) => {
  it.each(everyOperation)("leaves nothing behind of %s, wherever that is", (name, { run }) => {
    const failures = failEverywhere(makeEngine(), run, false);
    if (alone.includes(name)) expect(failures).toBe(0);
    else expect(failures).toBeGreaterThan(0);
  });

  it.each(withOut)("leaves the caller the `out` of %s", (_, { run }) => {
    expect(failEverywhere(makeEngine(), run, true)).toBeGreaterThan(0);
  });
});

it("an operation succeeds after one that failed, with the bits that it has otherwise", () => {
  for (const [, makeEngine] of engines) {
    const engine = makeEngine();
    const backend = hostBackend(engine);
    const inputs = makeInputs(backend, view);
    const expected = backend.train(inputs, null).y.values;
    engine.failAfter(2);
    expect(thrown(() => backend.train(inputs, null))).toBeInstanceOf(EngineFailure);
    engine.failAfter(Infinity);
    expect(backend.train(inputs, null).y.values).toEqual(expected);
  }
});
