import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { BusyError, ResumeError } from "../src/errors.js";
import { thisMachine } from "../src/machine.js";
import { Journal, type RunHead } from "../src/running/journal.js";
import { takeLock } from "../src/running/lock.js";
import { lockPlaces } from "../src/running/lock-places.js";
import { temporaryFolder } from "./folders.js";
import { copyAt } from "./result-builder.js";

const lockModule = new URL("../dist/running/lock.js", import.meta.url).href;

/** A process that runs a script until its input ends, without the variables by which people tell Node what to do. */
const node = (code: string) =>
  spawn(process.execPath, ["--input-type=module", "-e", code], {
    env: { PATH: process.env.PATH },
    stdio: ["pipe", "pipe", "inherit"],
  });

/** Processes that all try at the same moment; who takes the lock holds it until its input ends. */
async function race(path: string, count: number): Promise<string[]> {
  const code = `
    const { takeLock } = await import(${JSON.stringify(lockModule)});
    while (Date.now() < ${Date.now() + 1000});
    try { takeLock([${JSON.stringify(path)}]); console.log("taken"); } catch (error) { console.log(error.name); }
    process.stdin.resume();`;
  const children = Array.from({ length: count }, () => node(code));
  const said = await Promise.all(
    children.map(async ({ stdout }) => String((await once(stdout.setEncoding("utf8"), "data"))[0]).trim()),
  );
  await Promise.all(children.map((child) => [once(child, "exit"), child.stdin.end()][0]));
  return said.sort();
}

/** A process that has taken a lock and was killed. */
async function killedHolder(path: string): Promise<void> {
  const code = `(await import(${JSON.stringify(lockModule)})).takeLock([${JSON.stringify(path)}]); console.log("taken");
    process.stdin.resume();`;
  const child = node(code);
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("the lock", () => {
  it.each(["no lock", "the lock of one that was killed"])("of two that race for %s is taken by one", async (before) => {
    const folder = temporaryFolder();
    const path = join(folder, "lock");
    if (before !== "no lock") await killedHolder(path);
    expect(existsSync(path)).toBe(before !== "no lock");
    expect(await race(path, 2)).toEqual(["BusyError", "taken"]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("tells who has it from the start, and is whole with it", () => {
    const path = join(temporaryFolder(), "lock");
    const release = takeLock([path]);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
    expect(() => takeLock([path])).toThrow(BusyError);
    release();
  });

  it.runIf(process.platform === "linux")("is not held by another process that has got the id since", () => {
    const path = join(temporaryFolder(), "lock");
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: "1" }));
    takeLock([path])();
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: null }));
    expect(() => takeLock([path])).toThrow(`process ${process.pid}`);
  });

  it("is given back by who has it, not by who had it", () => {
    const path = join(temporaryFolder(), "lock");
    const first = takeLock([path]);
    first();
    const second = takeLock([path]);
    first();
    expect(existsSync(path)).toBe(true);
    const other = JSON.stringify({ pid: process.ppid, started: null });
    writeFileSync(path, other);
    second();
    expect(readFileSync(path, "utf8")).toBe(other);
  });
});

describe("the machine's lock", () => {
  it("is moved by the cache folder of the user, and not by TMPDIR", () => {
    const place = (env: Record<string, string>) => lockPlaces(env, "linux")[0];
    expect(place({ XDG_CACHE_HOME: "/cache" })).toMatch(/^\/cache\/batchnorm\/batchnorm-bench-.*\.lock$/);
    expect(place({ TMPDIR: "/other" })).toBe(place({}));
    vi.stubEnv("TMPDIR", "/other");
    expect(lockPlaces({}, "linux")).not.toContainEqual(expect.stringContaining("/other"));
    expect(lockPlaces({ BATCHNORM_LOCK_FOLDER: "/mine" })).toEqual([
      expect.stringMatching(/^\/mine\/batchnorm-bench-/),
    ]);
  });

  it("lies in the next place where the first cannot be written, but not while another holds the first", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const [unusable, next] = [join(folder, "file", "lock"), join(folder, "made", "lock")];
    const release = takeLock([unusable, next]);
    expect(existsSync(next)).toBe(true);
    expect(() => takeLock([unusable, next])).toThrow(BusyError);
    release();
    expect(() => takeLock([unusable])).toThrow(/ENOTDIR|EEXIST|ENOENT/);
    const held = takeLock([next]);
    expect(() => takeLock([next, join(folder, "third")])).toThrow(BusyError);
    held();
  });
});

describe("a journal", () => {
  const head: RunHead = {
    schema: "batchnorm-benchmark",
    schemaVersion: 2,
    started: "2026-01-02T03:04:05.000Z",
    version: "0.0.0",
    commit: null,
    profile: "test",
    budget: { rounds: 1, milliseconds: 1 },
    machine: thisMachine(),
    implementations: [{ name: "cpu", kind: "backend", version: "0", about: "the cpu backend", threads: 1 }],
    absent: [],
  };
  const at = "2026-01-02T03:04:05.000Z";
  const entries = [1, 2, 3].map((speed) => ({ drift: { at, copy: copyAt(speed) } }));
  const written = () => {
    const path = join(temporaryFolder(), "test.partial.jsonl");
    const journal = Journal.start(path, head);
    for (const entry of entries) journal.add(entry);
    return path;
  };

  it.each([
    ["cut off in its last line", -10, 2],
    ["cut off before its last line break", -1, 3],
    ["whole", undefined, 3],
  ])("that is %s is resumed, and goes on with whole lines", (_, cut, kept) => {
    const path = written();
    writeFileSync(path, readFileSync(path, "utf8").slice(0, cut));
    const journal = Journal.resume(path, head);
    expect(journal.entries).toEqual(entries.slice(0, kept));
    journal.add(entries[0]!);
    expect(Journal.resume(path, head).entries).toEqual([...entries.slice(0, kept), entries[0]]);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it("that is damaged before its end is refused, and left as it is", () => {
    const path = written();
    const damaged = readFileSync(path, "utf8").replace('"gigabytesPerSecond":[2]', '"gigabytesPerSecond":');
    writeFileSync(path, damaged);
    expect(() => Journal.resume(path, head)).toThrow(ResumeError);
    expect(() => Journal.resume(path, head)).toThrow(/is damaged in line 3; remove that line, .* or remove the file/);
    expect(readFileSync(path, "utf8")).toBe(damaged);
  });

  it("is not lost where it cannot be written", () => {
    const path = written();
    const before = readFileSync(path, "utf8");
    mkdirSync(`${path}.new`);
    expect(() => Journal.resume(path, head)).toThrow();
    expect(readFileSync(path, "utf8")).toBe(before);
  });
});
