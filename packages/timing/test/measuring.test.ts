import { describe, expect, it, onTestFinished, vi } from "vitest";
// as built, since their threads and processes are
import { fastestCopy } from "../dist/measuring/copy.js";
import { measure, timeFor, turnsOf } from "../src/measuring/measure.js";
import { copySpeed } from "../src/results/derive.js";

describe("a copy", () => {
  it.each([1, 2])("on %i threads has a bandwidth, of the fastest way", async (threads) => {
    const copy = await fastestCopy(100_000, threads);
    expect(copy.bytes).toBeGreaterThanOrEqual(100_000);
    expect(copy.threads).toBe(threads);
    expect(copySpeed(copy)).toBeGreaterThan(0);
  });

  it("that several threads would only slow down is made by one", async () => {
    const copy = await fastestCopy(1024, 2);
    expect(copy.way).not.toContain("threads");
  });
});

describe("timing", () => {
  it("takes about as long as it is told, and gives means of runs that are too short for the clock", async () => {
    let runs = 0;
    const samples = await timeFor({ run: async () => void runs++ }, 500); // longer than other processes have their turns
    expect(samples.length).toBeGreaterThan(1);
    expect(runs).toBeGreaterThan(samples.length);
  });

  it("has no sample that is too short for the clock of a page, where code gets faster once it is compiled", async () => {
    const now = performance.now.bind(performance);
    let runs = 0;
    const run = async () => {
      const end = now() + (++runs <= 3 ? 2 : 0.005);
      while (now() < end);
    };
    const samples = await timeFor({ run }, 25);
    expect(runs / samples.length).toBeGreaterThan(10); // as counted while runs were slow it would be 2
  });

  it("of a run that takes longer is one sample", async () => {
    const samples = await timeFor({ run: () => new Promise((resolve) => setTimeout(resolve, 20)) }, 1);
    expect(samples.length).toBe(1);
    expect(samples[0]).toBeGreaterThan(15);
  });
});

describe("turns", () => {
  it("begin once nobody gets faster any more", async () => {
    vi.useFakeTimers({ toFake: ["performance"], now: 0 }); // it would not wait for ever
    onTestFinished(() => void vi.useRealTimers());
    let run = 0;
    const time = async () => [100 / Math.min(2 ** run++, 64)];
    const [rounds] = await measure([{ warm: false, time }], { rounds: 3, milliseconds: 1 });
    expect(rounds?.flat()).toEqual([100 / 64, 100 / 64, 100 / 64]);
  });

  it("begin all the same where somebody never settles", async () => {
    let run = 0;
    const time = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return [2 ** (run++ % 2)];
    };
    const [rounds] = await measure([{ warm: false, time }], { rounds: 2, milliseconds: 1 });
    expect(rounds?.length).toBe(2);
  });

  it.each([3, 4, 5, 6, 7])("of %i are everyone's once a round, and nobody always follows the same other", (count) => {
    const rounds = [0, 1, 2, 3, 4].map((round) => turnsOf(round, count));
    for (const order of rounds) expect([...order].sort()).toEqual(Array.from({ length: count }, (_, index) => index));
    for (let one = 0; one < count; one++) {
      const before = rounds.flatMap((order) => order.slice(0, -1).filter((_, at) => order[at + 1] === one));
      const often = before.map((other) => before.filter((same) => same === other).length);
      expect(Math.max(0, ...often)).toBeLessThanOrEqual(2);
    }
  });
});
