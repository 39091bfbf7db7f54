import type { DType } from "@batchnorm/core";
import fc from "@batchnorm/testing/properties";
import { thrown } from "@batchnorm/testing/thrown";
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../src/index.js";
import { Pool, type PoolMemory } from "../src/pool.js";

/** Which buffers to let go, oldest first, so that those that were freed last fit. */
class Model {
  readonly #maximumBytes: number;
  free: PoolMemory[] = [];

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  give(buffer: PoolMemory): void {
    if (buffer.array.byteLength > this.#maximumBytes || buffer.array.length === 0) return;
    this.free.push(buffer);
    while (this.bytes > this.#maximumBytes) this.free.shift();
  }

  get bytes(): number {
    return this.free.reduce((sum, { array }) => sum + array.byteLength, 0);
  }
}

type Command = { take: { dtype: DType; length: number } } | { give: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    take: fc.record({
      dtype: fc.constantFrom<DType>("float32", "float64"),
      length: fc.constantFrom(0, 1, 2, 3, 8, 9),
    }),
  }),
  fc.record({ give: fc.nat() }),
);

describe("the pool of buffers", () => {
  it("gives no buffer to two owners, reuses what fits, and lets the oldest go beyond its bytes", () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 80, size: "max" }),
        fc.constantFrom(0, 20, 64, 100, 1000),
        (commands, maximum) => {
          const pool = new Pool(maximum);
          const model = new Model(maximum);
          const live: PoolMemory[] = [];
          for (const c of commands) {
            if ("take" in c) {
              const { dtype, length } = c.take;
              const buffer = pool.take(dtype, length);
              expect(buffer.dtype).toBe(dtype);
              expect(buffer.array).toBeInstanceOf(dtype === "float32" ? Float32Array : Float64Array);
              expect(buffer.array).toHaveLength(length);
              expect(live.some(({ array }) => array === buffer.array)).toBe(false);
              const fits = model.free.filter((b) => b.dtype === dtype && b.array.length === length);
              expect(fits.at(-1)).toBe(fits.length > 0 ? buffer : undefined);
              model.free = model.free.filter((b) => b !== buffer);
              live.push(buffer);
            } else if (live.length > 0) {
              const [buffer] = live.splice(c.give % live.length, 1);
              pool.give(buffer);
              model.give(buffer);
            }
            expect(pool.freeBytes).toBe(model.bytes);
            expect(pool.freeBytes).toBeLessThanOrEqual(maximum);
            expect(pool.liveBuffers).toBe(live.length);
          }
        },
      ),
    );
  });

  it("lets go of what was freed first, also where a like buffer was freed since", () => {
    const pool = new Pool(40);
    const [a, b, c] = [pool.take("float64", 1), pool.take("float64", 2), pool.take("float64", 1)];
    for (const buffer of [a, b, c]) pool.give(buffer); // 8 + 16 + 8 bytes
    pool.give(pool.take("float64", 3)); // 24 more: a and b must go, c may stay
    expect(pool.freeBytes).toBe(32);
    expect(pool.take("float64", 1)).toBe(c);
    expect(pool.take("float64", 2)).not.toBe(b);
  });

  it("is empty after clear, and goes on", () => {
    const pool = new Pool(100);
    const buffer = pool.take("float32", 4);
    pool.give(buffer);
    pool.clear();
    expect(pool.freeBytes).toBe(0);
    const other = pool.take("float32", 4);
    expect(other).not.toBe(buffer);
    pool.give(other);
    expect(pool.take("float32", 4)).toBe(other);
  });
});

describe("how much a backend keeps", () => {
  const x = new Float32Array(1000);

  it("is bounded where asked for", () => {
    const backend = createCpuBackend({ maximumPooledBytes: 10_000 });
    const tensors = [1, 2, 3, 4].map(() => backend.tensor(x, [1000]));
    for (const tensor of tensors) tensor.dispose();
    expect(backend.memory()).toEqual({ liveBuffers: 0, pooledBytes: 8000 });
  });

  it("may be nothing", () => {
    const backend = createCpuBackend({ maximumPooledBytes: 0 });
    backend.tensor(x, [1000]).dispose();
    expect(backend.memory()).toEqual({ liveBuffers: 0, pooledBytes: 0 });
  });

  it("may be everything", () => {
    const backend = createCpuBackend({ maximumPooledBytes: Infinity });
    backend.tensor(x, [1000]).dispose();
    expect(backend.memory().pooledBytes).toBe(4000);
  });

  it("is nothing after close, and the backend goes on working", () => {
    const backend = createCpuBackend();
    const held = backend.tensor([1, 2], [2]);
    backend.tensor(x, [1000]).dispose();
    backend.close();
    expect(backend.memory()).toEqual({ liveBuffers: 1, pooledBytes: 0 });
    expect([...held.values]).toEqual([1, 2]);
    backend.tensor(x, [1000]).dispose();
    expect(backend.memory().pooledBytes).toBe(4000);
  });

  it.each([
    [-1, "got -1"],
    [Number.NaN, "got NaN"],
    ["1", 'got the string "1"'],
    [null, "got null"],
  ])("cannot be %o", (maximumPooledBytes, came) => {
    expect(thrown(() => createCpuBackend({ maximumPooledBytes: maximumPooledBytes as number }))).toMatchObject({
      name: "OptionError",
      code: "ERR_OPTION",
      message: `maximumPooledBytes must be a number of bytes >= 0, ${came}`,
    });
  });
});
