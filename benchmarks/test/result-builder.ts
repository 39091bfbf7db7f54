import type { ResultCell, ResultCopy, ResultGroup, ResultImplementation } from "@batchnorm/timing";
import { type BenchmarkCase, bytesMoved, viewOf } from "@batchnorm/timing";
import type { BenchmarkResult } from "../src/results/schema.js";

/** How fast each implementation of a made result is, and what it does not do. */
export type Speeds = Readonly<Record<string, (group: Omit<ResultGroup, "cells" | "copies">) => number | ResultCell>>;

export interface Made {
  readonly cases: readonly BenchmarkCase[];
  /** GB/s of each implementation on a group, or the cell instead */
  readonly speeds: Speeds;
  readonly operations?: readonly ResultGroup["operation"][];
  /** threads of an implementation where it has more than one */
  readonly threads?: Readonly<Record<string, number>>;
  /** GB/s of the copies beside the groups on one thread; on more they are as many times as fast */
  readonly copy?: number;
  /** GB/s of the copies over the run */
  readonly drift?: readonly number[];
  readonly rounds?: number;
  /** each round is so much of the last slower: 0.01 is 1 % over all rounds */
  readonly jitter?: number;
}

/** A copy at so many GB/s. */
export function copyAt(gigabytesPerSecond: number, threads = 1): ResultCopy {
  return { bytes: 4096, threads, way: "set", gigabytesPerSecond: [gigabytesPerSecond] };
}

/** A result in which everyone moves the counted traffic at the given speed. The first implementation is our backend. */
export function madeResult(made: Made): BenchmarkResult {
  const { cases, speeds, operations = ["step", "infer"], copy = 10, drift = [10, 10.5, 10.2], threads = {} } = made;
  const implementations = Object.keys(speeds).map((name, index) =>
    implementationNamed(name, index, threads[name] ?? 1),
  );
  const copies = [...new Set([1, ...implementations.map((one) => one.threads)])].map((n) => copyAt(n * copy, n));
  const groups = cases.flatMap((testCase) =>
    operations.map((operation) => {
      const task = { case: testCase, operation, activation: null, outputs: "fresh" } as const;
      const cells = Object.entries(speeds).map(([name, speedOf]) => {
        const speed = speedOf(task);
        return typeof speed === "number"
          ? timed(name, bytesMoved(operation, viewOf(testCase), testCase.dtype) / speed / 1e6, made)
          : speed;
      });
      return { ...task, copies, cells };
    }),
  );
  return {
    schema: "batchnorm-benchmark",
    schemaVersion: 2,
    started: "2025-06-01T10:00:00.000Z",
    finished: "2025-06-01T11:00:00.000Z",
    version: "1.2.3",
    commit: { hash: "0123456789abcdef0123456789abcdef01234567", changed: false },
    profile: "usual",
    budget: { rounds: 5, milliseconds: 250 },
    machine: { cpu: "Example 9000", cores: 4, memoryBytes: 16e9, os: "Linux 6.1", arch: "x64", node: "v20.20.0" },
    implementations,
    absent: [{ name: "onnx", reason: "no engine found", remedy: "install one" }],
    groups,
    drift: drift.map((speed) => ({ at: "2025-06-01T10:30:00.000Z", copy: copyAt(speed) })),
  };
}

function implementationNamed(name: string, index: number, threads: number): ResultImplementation {
  return { name, kind: index === 0 ? "backend" : "peer", version: "4.5.6", about: `what ${name} is`, threads };
}

function timed(implementation: string, milliseconds: number, { rounds = 5, jitter = 0.01 }: Made): ResultCell {
  const slower = (round: number) => milliseconds * (1 + (jitter * (round - (rounds - 1) / 2)) / rounds);
  return {
    outcome: "timed",
    implementation,
    errors: [{ result: "y", ulp: 0.5, limit: 0.5 }],
    rounds: Array.from({ length: rounds }, (_, round) => [0.999, 1, 1.001].map((part) => part * slower(round))),
  };
}
