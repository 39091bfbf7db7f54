import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCpuBackend } from "@batchnorm/backend-cpu";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
// as built, since its host is
import { hosted } from "../dist/contestants/hosted.js";
import { backendContestant } from "../src/contestants/backend.js";
import type { Contestant } from "../src/contestants/contestant.js";
import { helperContestant } from "../src/contestants/helper-contestant.js";
import type { Fresh } from "../src/contestants/open.js";
import { plain } from "../src/operations.js";
import { coldRun } from "../src/running/cold.js";
import { benchmarkSession } from "../src/running/session.js";
import { smallCase as small } from "./small-case.js";

const cpu = (name: string, limit = () => 2): Contestant =>
  backendContestant(createCpuBackend(), { name, version: "0", limit });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "batchnorm-cold-"));
  vi.stubEnv("BATCHNORM_LOCK_FOLDER", folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a first run", () => {
  it("of who disagrees with the specification has no time", async () => {
    const open = (name: string, limit?: () => number): Fresh => ({ name, open: async () => cpu(name, limit) });
    expect(await coldRun(open("cpu"), small, "step")).toMatchObject({ contestant: "cpu", operation: "step" });
    expect(
      await coldRun(
        open("wrong", () => 0),
        small,
        "step",
      ),
    ).toBeNull();
  });

  it.runIf(process.platform === "linux").each([1, 3])(
    "has the memory of %i more tensors than its results, where it holds as many",
    async (more) => {
      const module = join(folder, "holder.mjs");
      const dist = (name: string) => JSON.stringify(new URL(`../dist/${name}.js`, import.meta.url).href);
      writeFileSync(
        module,
        `import { createCpuBackend } from ${JSON.stringify(import.meta.resolve("@batchnorm/backend-cpu"))};
         import { backendContestant } from ${dist("contestants/backend")};
         export async function open() {
           const cpu = createCpuBackend();
           const train = cpu.train.bind(cpu);
           cpu.train = (pass, out) => {
             const held = Array.from({ length: ${more} }, () => new Float32Array(pass.x.values.length).fill(1));
             const result = train(pass, out);
             if (held[0][0] !== 1) throw new Error("not held");
             return result;
           };
           return backendContestant(cpu, { name: "holding", version: "0", limit: () => 2 });
         }`,
      );
      const about = { name: "holding", kind: "backend", about: "a test", threads: 1, limit: () => 2 } as const;
      const command = hosted({ module, open: "open" }, { returnsMemory: true });
      const open = () => helperContestant({ ...about, tensorsHeld: 9, command });
      const kase = { ...small, shape: [32, 64, 56, 56] };
      const cold = await coldRun({ name: "holding", open }, kase, "train");
      const tensor = 4 * 32 * 64 * 56 * 56;
      expect((cold?.peakBytes ?? 0) / tensor).toBeGreaterThan(more - 0.1);
      expect((cold?.peakBytes ?? 0) / tensor).toBeLessThan(more + 0.3);
    },
  );
});

describe("first runs that were stopped", () => {
  it("go on where they were, once each, and those that failed are not asked again", async () => {
    const opened: string[] = [];
    const stop = new AbortController();
    const fresh = (): Fresh[] =>
      ["cpu", "broken"].map((name) => ({
        name,
        open: async () => {
          opened.push(name);
          if (opened.length === 2) stop.abort();
          return name === "cpu" ? cpu(name) : { present: false, reason: "a test", remedy: "none" };
        },
      }));
    const options = {
      profile: { name: "test", budget: { rounds: 2, milliseconds: 2 }, cold: ["dense/b256/512"] },
      groups: [{ case: small, task: plain("infer"), everyThread: true, everyEngine: false, longestRun: 1000 }],
      contestants: {
        contestants: [cpu("cpu")],
        ofEngines: new Set<Contestant>(),
        absent: [],
        countable: [],
        fresh,
        close: async () => {},
      },
      version: "0.0.0",
      folder,
    };
    expect(await benchmarkSession({ ...options, resume: false, signal: stop.signal })).toBeNull();
    expect(opened).toEqual(["cpu", "broken"]); // of the step
    const told: number[] = [];
    const session = await benchmarkSession({ ...options, resume: true, onFirstRun: ({ done }) => told.push(done) });
    expect(told).toEqual([2, 3]);
    expect(opened).toEqual(["cpu", "broken", "cpu", "broken"]); // and of inference
    expect(session?.result.cold.map(({ operation }) => operation)).toEqual(["step", "infer"]);
  });
});
