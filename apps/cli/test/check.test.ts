import { createCpuBackend } from "@batchnorm/backend-cpu";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { exitCodes } from "../src/exit-codes.js";
import type { KnownBackend } from "../src/known-backend.js";
import { main } from "../src/main.js";
import { run } from "./run.js";

interface Checked {
  readonly checks: readonly {
    readonly backend: string;
    readonly passed: boolean;
    readonly rows: readonly {
      mode: string;
      operation: string;
      dtype: string;
      case: string;
      ulp: number | null;
      bound: number;
      values: number;
    }[];
    readonly failures: readonly { message: string }[];
  }[];
  readonly absent: readonly { name: string; absent: string }[];
}

describe("batchnorm check", () => {
  it("finds that every backend agrees with the specification on digits, in 1d, 2d and 3d", async () => {
    const { code, stdout } = await run(["check"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/cpu\s+float32 .* agrees/);
    expect(stdout).toMatch(/cpu\s+float64 .* agrees/);
  });

  it("refuses a backend that there is not, with code 2", async () => {
    const { code, stderr } = await run(["check", "--backend", "abacus"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: unknown backend "abacus"; expected one of cpu, wasm, tfjs-cpu, /);
  });

  it("checks the backend that it is told, and tells every error by case, mode and operation in JSON", async () => {
    const { code, stdout } = await run(["check", "--backend", "cpu", "--json"]);
    expect(code).toBe(0);
    const { checks } = JSON.parse(stdout) as Checked;
    expect(checks.map(({ backend }) => backend)).toEqual(["cpu"]);
    const rows = checks[0]?.rows ?? [];
    for (const kind of ["1d:", "2d:", "3d:"]) expect(rows.some((row) => row.case.startsWith(kind))).toBe(true);
    for (const mode of ["train", "eval", "freeze"]) expect(rows.some((row) => row.mode === mode)).toBe(true);
    for (const { ulp, bound, values } of rows) {
      expect(ulp).toBeLessThanOrEqual(bound);
      expect(values).toBeGreaterThan(0);
    }
  });
});

describe("batchnorm check with a backend that is wrong, one that fails, and one that is absent", () => {
  let written: string;
  let spy: MockInstance;

  beforeEach(() => {
    written = "";
    spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      written += String(text);
      return true;
    });
  });

  afterEach(() => spy.mockRestore());

  const known = (open: KnownBackend["open"]): KnownBackend => ({
    name: "cpu",
    packageName: "@batchnorm/backend-cpu",
    version: "0.0.0",
    open,
  });

  it("says which operation is off by how much, and ends with 1", async () => {
    const biased = known(async () => {
      const backend = createCpuBackend();
      const move = backend.move.bind(backend);
      return Object.assign(backend, {
        move: (...[running, moments, weight]: Parameters<typeof move>) => move(running, moments, weight, 0),
      });
    });
    expect(await main(["check"], [biased])).toBe(exitCodes.disagreement);
    expect(written).toMatch(/cpu\s+float32 .* DISAGREES/);
    expect(written).toMatch(/cpu float32: running_var in train is off by .* ulp, at most 1 ulp allowed \(1d: digits/);
    expect(written).not.toMatch(/cpu float32: dx in/);
  });

  it("says what a failing backend threw, and ends with 1", async () => {
    const failing = known(async () =>
      Object.assign(createCpuBackend(), {
        train: () => {
          throw new Error("out of memory");
        },
      }),
    );
    expect(await main(["check"], [failing])).toBe(exitCodes.disagreement);
    expect(written).toMatch(/1d: digits \(64, 784\) failed: out of memory/);
  });

  it("says why an absent backend is absent, and ends with 0", async () => {
    const absent = known(async () => ({ present: false, reason: "no such engine", remedy: "install it" }));
    expect(await main(["check"], [absent])).toBe(exitCodes.ok);
    expect(written).toContain("cpu absent: no such engine; install it");
  });
});
