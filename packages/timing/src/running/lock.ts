import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { BusyError } from "../errors.js";
import { lockPlaces } from "./lock-places.js";

/** Who has a lock. Process ids are used again: together with the time of its start, one is unique. */
interface Holder {
  readonly pid: number;
  /** in the kernel's own units; null: cannot be told here */
  readonly started: string | null;
}

/**
 * Takes a lock, that of this machine's user unless told which: two runs at once would disturb each other's times.
 *
 * @param places where it may lie: it is the first that can be written
 * @returns a function that gives it back
 * @throws BusyError while another process has it
 */
export function takeLock(places: readonly string[] = lockPlaces()): () => void {
  let failure: unknown;
  for (const path of places) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      return takeAt(path);
    } catch (error) {
      if (error instanceof BusyError) throw error;
      failure = error;
      if (existsSync(path)) throwIfAlive(path); // it was taken while there was room
    }
  }
  throw failure;
}

/** Takes the lock at a place, or takes it over from a process that is no more. */
function takeAt(path: string): () => void {
  const own = JSON.stringify({ pid: process.pid, started: statOf(process.pid)?.started ?? null } satisfies Holder);
  while (!placed(path, own)) {
    throwIfAlive(path);
    // Only who has the lock's own lock removes it, and only after another look: it may be another's by now. Who finds
    // that one taken is as late as who finds the lock taken.
    const release = takeAt(`${path}.takeover`);
    try {
      throwIfAlive(path);
      rmSync(path, { force: true });
    } finally {
      release();
    }
  }
  let held = true;
  const release = () => {
    process.off("exit", release);
    if (held && contentOf(path) === own) rmSync(path, { force: true });
    held = false;
  };
  process.once("exit", release);
  return release;
}

/** Puts the lock in its place as a whole, with who has it, unless there is one already. */
function placed(path: string, content: string): boolean {
  const beside = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    writeFileSync(beside, content, { flag: "wx" });
    linkSync(beside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(beside, { force: true });
  }
}

function throwIfAlive(path: string): void {
  const holder = holderOf(contentOf(path));
  if (holder === null || !isAlive(holder)) return;
  throw new BusyError(
    `another benchmark or report is running (process ${holder.pid}), and two at once would disturb each other's times; wait for it, or end it`,
  );
}

/** null: it is gone */
function contentOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** null: nobody, as nothing of ours is ever half-written */
function holderOf(content: string | null): Holder | null {
  try {
    const { pid, started } = JSON.parse(content ?? "") as Holder;
    return Number.isInteger(pid) && pid > 0 ? { pid, started } : null;
  } catch {
    return null;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const stat = statOf(pid);
  if (stat === null) return true;
  return stat.state !== "Z" && (started === null || stat.started === started);
}

/** What Linux tells of a process; null elsewhere. */
function statOf(pid: number): { state: string | undefined; started: string | null } | null {
  try {
    // the 2nd field, the name, may have anything in it; the 3rd is the state, the 22nd the time of the start
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0], started: fields[19] ?? null };
  } catch {
    return null;
  }
}
