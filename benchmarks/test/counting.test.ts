import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const module = new URL("../dist/measuring/counting.js", import.meta.url).href;

/** What is done to `x`, whose buffer has 10 elements, and how many elements are read and written then. */
const cases: readonly [what: string, reads: number, writes: number][] = [
  ["x[3]", 1, 0],
  ["x[3] = 1", 0, 1],
  ["x[3] += 1", 1, 1],
  ["new Float32Array(10)", 0, 0],
  ["new Float32Array(x.buffer)", 0, 0],
  ["new Float32Array(x)", 10, 10],
  ["new Float32Array(plain)", 10, 10],
  ["new x.constructor(x)", 10, 10],
  ["Float32Array.from(x)", 10, 10],
  ["Float32Array.from(plain, (value) => value + 1)", 10, 10],
  ["Float32Array.of(...plain)", 0, 10],
  ["[...x]", 10, 0],
  ["x.subarray(2, 5)", 0, 0],
  ["x.subarray(2, 5)[0] = 1", 0, 1],
  ["x.subarray(2, 5).fill(1)", 0, 3],
  ["x.subarray(0, 5).set(x.subarray(5))", 5, 5],
  ["new Float32Array(x.buffer, 8, 2)[1]", 1, 0],
  ["x.fill(1)", 0, 10],
  ["x.fill(1, -5)", 0, 5],
  ["x.fill(1, 2, -3)", 0, 5],
  ["x.fill(1, 8, 2)", 0, 0],
  ["x.fill(1, -50, 50)", 0, 10],
  ["x.fill(1)[0]", 1, 10],
  ["x.set(plain.slice(0, 4))", 0, 4],
  ["x.slice()", 10, 10],
  ["x.map((value) => value + 1)", 10, 10],
  ["x.at(-1)", 1, 0],
  ["x.copyWithin(6, 0)", 4, 4],
  ["x.reduce((sum, value) => sum + value)", 10, 0],
];

describe("counting", () => {
  let counted: { reads: number; writes: number }[];
  let checks: Record<string, boolean>;
  beforeAll(async () => {
    // it replaces globals: in a process of its own
    const code = `
      const { installCounting, takeAccesses } = await import(${JSON.stringify(module)});
      installCounting();
      const plain = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
      const x = new Float32Array(plain);
      const counted = ${JSON.stringify(cases.map(([what]) => what))}.map((what) => {
        const run = new Function("x", "plain", what);
        takeAccesses(10);
        run(x, plain);
        return takeAccesses(10);
      });
      const y = new Float32Array(plain);
      const checks = {
        "fill returns the array itself": y.fill(2) === y,
        "it is a Float32Array": y instanceof Float32Array && y.constructor === Float32Array,
        "views share memory": (y.subarray(1, 3).fill(7), y[2] === 7 && y[3] === 2),
        "computes as before": Float64Array.from(y, (value) => value / 2).reduce((a, b) => a + b) === 15,
      };
      console.log(JSON.stringify({ counted, checks }));`;
    const env = { PATH: process.env.PATH }; // without what people tell Node to do
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], { env });
    ({ counted, checks } = JSON.parse(stdout));
  });

  it.each(cases.map((one, index) => [...one, index] as const))("%s: %i read, %i written", (_, reads, writes, index) => {
    expect(counted[index]).toEqual({ reads, writes });
  });

  it("leaves arrays what they were", () => {
    expect(Object.entries(checks).filter(([, holds]) => !holds)).toEqual([]);
  });
});
