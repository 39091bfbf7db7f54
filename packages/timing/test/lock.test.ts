import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@batchnorm/testing/folder";
import { describe, expect, it, vi } from "vitest";
import { BusyError } from "../src/errors.js";
import { takeLock } from "../src/running/lock.js";
import { lockPlaces } from "../src/running/lock-places.js";

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
