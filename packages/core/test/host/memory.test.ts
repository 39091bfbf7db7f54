import { describe, expect, it } from "vitest";
import { hostBackend } from "../../src/host/index.js";
import { disposeAll, everyOperation, makeInputs } from "../helpers/operations.js";
import { engines, PlainEngine } from "../helpers/plain-engine.js";

const view = { outer: 5, channels: 3, inner: 2 };

describe.each(engines)("memory, by %s", (_, makeEngine) => {
  it("is nothing at first, and what the engine has allocated then", () => {
    const engine = makeEngine();
    const backend = hostBackend(engine);
    expect(backend.memory()).toEqual({ liveBuffers: 0, pooledBytes: 0 });
    makeInputs(backend, view);
    expect(backend.memory()).toEqual({ liveBuffers: engine.live.size, pooledBytes: 0 });
  });

  it.each(everyOperation)("holds after %s only what that gave, and lets go of it once", (_, { run }) => {
    const engine = makeEngine();
    const backend = hostBackend(engine);
    const inputs = makeInputs(backend, view);
    const { liveBuffers } = backend.memory();
    const made = run(backend, inputs);
    disposeAll(made);
    disposeAll(made);
    expect(backend.memory().liveBuffers).toBe(liveBuffers);
    expect(engine.live.size).toBe(liveBuffers);
  });
});

it("moments and gradient sums give all their buffers back at the end of a scope that uses them", () => {
  const backend = hostBackend(new PlainEngine());
  const { moments, sums, dy, ...pass } = makeInputs(backend, view);
  const { liveBuffers } = backend.memory();
  const made = [backend.moments(pass), backend.merge([moments]), backend.gradientSums(pass, moments, dy)];
  expect(backend.memory().liveBuffers).toBeGreaterThan(liveBuffers);
  for (const held of [...made, ...made]) held[Symbol.dispose]();
  expect(backend.memory().liveBuffers).toBe(liveBuffers);
  expect(sums.values).not.toContain(Number.NaN);
});
