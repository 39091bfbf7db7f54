import fc from "@batchnorm/testing/properties";
import { describe, expect, it } from "vitest";
import { Heap } from "../src/memory/heap.js";

interface Block {
  readonly address: number;
  readonly bytes: number;
}

const maximum = 2 ** 20;
/** Where the words that threads share end. */
const start = 4096;

const command: fc.Arbitrary<{ take: number } | { give: number }> = fc.oneof(
  fc.record({ take: fc.integer({ min: 1, max: 200 }).map((lines) => 64 * lines ** 2) }),
  fc.record({ give: fc.nat() }),
);

/** The stretches between blocks, up to the furthest that was ever reached, and from there to the end. */
function gapsOf(blocks: readonly Block[], reached: number): { between: number[]; last: number } {
  const between: number[] = [];
  let at = start;
  for (const { address, bytes } of blocks.toSorted((a, b) => a.address - b.address)) {
    if (address > at) between.push(address - at);
    at = address + bytes;
  }
  if (start + reached > at) between.push(start + reached - at);
  return { between, last: maximum - start - reached };
}

describe("the heap", () => {
  it("gives blocks that never overlap, the smallest gap that fits, neighbours joined; what is used adds up", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 100, size: "max" }), (commands) => {
        const heap = new Heap(maximum);
        const live: Block[] = [];
        for (const c of commands) {
          const before = gapsOf(live, heap.reachedBytes);
          if ("take" in c) {
            const address = heap.take(c.take);
            const fitting = before.between.filter((bytes) => bytes >= c.take);
            if (address === null) {
              expect(Math.max(before.last, ...before.between)).toBeLessThan(c.take);
              continue;
            }
            expect(address % 64).toBe(0);
            const block = { address, bytes: c.take };
            expect(address).toBeGreaterThanOrEqual(start);
            expect(address + c.take).toBeLessThanOrEqual(heap.memory.buffer.byteLength);
            for (const other of live) {
              const apart = other.address + other.bytes <= address || address + c.take <= other.address;
              expect(apart, `${JSON.stringify(other)} and ${JSON.stringify(block)}`).toBe(true);
            }
            live.push(block);
            if (fitting.length > 0) {
              const smallest = Math.min(...fitting);
              const after = gapsOf(live, heap.reachedBytes).between;
              const left = smallest === c.take ? [] : [smallest - c.take];
              const others = before.between.toSpliced(before.between.indexOf(smallest), 1);
              expect(after.toSorted()).toEqual([...others, ...left].toSorted());
            }
          } else if (live.length > 0) {
            const [block] = live.splice(c.give % live.length, 1) as [Block];
            heap.give(block.address, block.bytes);
          }
          expect(heap.usedBytes).toBe(live.reduce((sum, { bytes }) => sum + bytes, 0));
          expect(heap.usedBytes).toBeLessThanOrEqual(heap.reachedBytes);
        }
        for (const { address, bytes } of live) heap.give(address, bytes);
        const reached = heap.reachedBytes;
        expect(heap.usedBytes).toBe(0);
        if (reached > 0) expect(heap.take(reached)).toBe(start); // all of it is one gap
        expect(heap.reachedBytes).toBe(reached);
      }),
    );
  });

  it("has whole pages of WebAssembly, never the last one of all", () => {
    expect(new Heap(2 ** 20 + 65535).maximumBytes).toBe(2 ** 20);
    expect(new Heap(2 ** 32).maximumBytes).toBe(2 ** 32 - 65536);
  });

  it("gives up to its last byte, and what does not fit changes nothing", () => {
    const heap = new Heap(2 ** 21);
    expect(heap.take(2 ** 21)).toBe(null);
    expect(heap.reachedBytes).toBe(0);
    expect(heap.take(2 ** 21 - start)).toBe(start);
    expect(heap.take(64)).toBe(null);
    expect(heap.usedBytes).toBe(2 ** 21 - start);
  });

  it("grows by as much as is asked for where the system has no more, and gives nothing where not even that is there", () => {
    const heap = new Heap(2 ** 26);
    const grown: number[] = [];
    let pages = 20;
    const { memory } = heap;
    const grow = memory.grow.bind(memory);
    memory.grow = (delta) => {
      grown.push(delta);
      if (delta > pages) throw new RangeError("Maximum memory size exceeded");
      pages -= delta;
      return grow(delta);
    };
    expect(heap.take(2 ** 20)).toBe(start);
    expect(grown).toEqual([256, 1]); // 16 MiB; what is missing, which is the page that holds the shared words
    expect(heap.take(2 ** 21)).toBe(null);
    expect(heap.usedBytes).toBe(2 ** 20);
  });
});
