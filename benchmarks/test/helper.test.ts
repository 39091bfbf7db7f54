import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { smallCase as testCase } from "@batchnorm/testing/small-case";
import { agreementOf, type Implementation, plain, referenceOf, Unsupported, workloadOf } from "@batchnorm/timing";
import { afterEach, describe, expect, it } from "vitest";
import { helperImplementation } from "../src/implementations/helper-implementation.js";
import { type HelperCommand, HelperProcess } from "../src/implementations/helper-process.js";

/** Milliseconds after which a helper is taken to hang; only one of these does. */
const limit = 5 * 60_000;

const script = (code: string): HelperCommand => ({ file: process.execPath, args: ["-e", code] });

/** A helper that answers the first request well, and does `then` on the second. */
const goneWrong = (then: string) =>
  script(`
    let asked = 0;
    require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const { id } = JSON.parse(line);
      if (asked++ === 0) console.log(JSON.stringify({ id, ok: { version: "1", threads: 1 } }));
      else { ${then} }
    });`);

describe("a helper process", () => {
  const open: HelperProcess[] = [];
  afterEach(async () => {
    for (const helper of open.splice(0)) await helper.close();
  });
  const start = (command: HelperCommand) => {
    const helper = new HelperProcess(command);
    open.push(helper);
    return helper;
  };

  it.each([
    ["crashes", "console.error('out of luck'); process.exit(3)", /ended with exit code 3: out of luck/],
    ["prints rubbish", "console.log('Loading model...')", /its answer to "time" is none: "Loading model\.\.\."/],
    ["answers another question", "console.log(JSON.stringify({ id: 7, ok: {} }))", /its answer to "time" is none/],
    [
      "answers without samples",
      "console.log(JSON.stringify({ id, ok: { samples: [] } }))",
      /its answer to "time" is none/,
    ],
    ["says that it failed", "console.log(JSON.stringify({ id, error: 'no memory' }))", /failed to "time": no memory/],
    ["answers in no end of a line", "setInterval(() => process.stdout.write('x'.repeat(1e5)), 1)", /more than 1048576/],
    ["tells a time that no clock gives", "console.log(JSON.stringify({ id, ok: { samples: [1e-300] } }))", /is none/],
    ["hangs", "", /no answer to "time" within 1 s/, 1_000],
  ])("that %s is ended, and says why from then on", async (_, then, message, patience = limit) => {
    const helper = start(goneWrong(then));
    expect(await helper.ask("hello", { threads: 1 }, limit)).toEqual({ version: "1", threads: 1 });
    await expect(helper.ask("time", { milliseconds: 1 }, patience)).rejects.toThrow(message);
    expect(helper.alive).toBe(false);
    await expect(helper.ask("time", { milliseconds: 1 }, patience)).rejects.toThrow(message);
  });

  it("that names a result that there is none of is ended: its results are read from files of these names", async () => {
    const results = ["y", "../../../../etc/passwd"];
    const helper = start(
      goneWrong(`console.log(JSON.stringify({ id, ok: { milliseconds: 1, results: ${JSON.stringify(results)} } }))`),
    );
    await helper.ask("hello", { threads: 1 }, limit);
    await expect(helper.ask("first", { folder: "/" }, limit)).rejects.toThrow(/its answer to "first" is none/);
    expect(helper.alive).toBe(false);
  });

  it("that lacks something goes on", async () => {
    const helper = start(goneWrong("console.log(JSON.stringify({ id, unsupported: 'no float64' }))"));
    await helper.ask("hello", { threads: 1 }, limit);
    await expect(helper.ask("time", { milliseconds: 1 }, limit)).rejects.toThrow(new Unsupported("no float64"));
    expect(helper.alive).toBe(true);
  });

  it.skipIf(process.platform === "win32")("is ended with what it has started itself", async () => {
    const child = "process.stdin.resume(); setTimeout(() => {}, 60000)";
    const helper = start(
      goneWrong(`const { pid } = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: ["ignore", 1, 2] });
      console.log(JSON.stringify({ id, error: String(pid) }))`),
    );
    await helper.ask("hello", { threads: 1 }, limit);
    const error = await helper.ask("time", { milliseconds: 1 }, limit).catch((reason: Error) => reason);
    const pid = Number(/: (\d+)$/.exec((error as Error).message)?.[1]);
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it("that cannot be started says so", async () => {
    const helper = start({ file: "/nowhere/python", args: [] });
    await expect(helper.ask("hello", { threads: 1 }, limit)).rejects.toThrow(/cannot be started: .*ENOENT/);
  });
});

describe("an implementation in a process of its own", () => {
  let implementation: Implementation | undefined;
  afterEach(() => implementation?.close?.());

  /** The cpu backend, as built. */
  const hosted = () => {
    const host = fileURLToPath(new URL("../dist/implementations/host.js", import.meta.url));
    const module = fileURLToPath(new URL("../dist/implementations/cpu.js", import.meta.url));
    return { file: process.execPath, args: [host, module, "cpuImplementation"] };
  };
  const start = async (command: HelperCommand) => {
    const options = {
      name: "cpu",
      kind: "backend",
      about: "the cpu backend",
      threads: 1,
      limit: () => 2,
      tensorsHeld: 6,
    } as const;
    implementation = await helperImplementation({ ...options, command });
    return implementation;
  };

  it.each(["step", "train", "backward", "infer"] as const)(
    "gives the same results and times: %s",
    async (operation) => {
      const helper = await start(hosted());
      const workload = workloadOf(testCase);
      const prepared = await helper.prepare(workload, plain(operation));
      const { milliseconds, results } = await prepared.first();
      expect(agreementOf(helper, results, referenceOf(workload, plain(operation))).agrees).toBe(true);
      expect(milliseconds).toBeGreaterThan(0);
      expect((await prepared.time(5)).length).toBeGreaterThan(0);
      await prepared.dispose();
    },
  );

  it("says what it lacks, and is started again after it has failed", async () => {
    const helper = await start(hosted());
    const flat = workloadOf({ ...testCase, shape: [6, 60], layout: "channels-last" });
    await expect(helper.prepare({ ...flat, case: { ...flat.case, shape: [360] } }, plain("infer"))).rejects.toThrow(
      Unsupported,
    );
    const prepared = await helper.prepare(workloadOf(testCase), plain("infer"));
    await prepared.dispose();
    await expect(prepared.time(1)).rejects.toThrow(/failed to "time": nothing is prepared/);
    const again = await helper.prepare(workloadOf(testCase), plain("infer"));
    expect((await again.first()).milliseconds).toBeGreaterThan(0);
    await again.dispose();
  });
});

/** Whether a process is there, and no zombie that waits for its parent. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
