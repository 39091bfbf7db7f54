import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const status = "/proc/self/status";

/**
 * From now on, the most resident memory that this process holds beyond what it holds now, in bytes, as the kernel counts
 * it. Pages that are held already and are used again do not show. Linux only: null elsewhere.
 */
export function watchPeak(): () => number | null {
  try {
    writeFileSync("/proc/self/clear_refs", "5"); // sets the peak back to what is resident now
  } catch {
    return () => null;
  }
  const before = field("VmRSS");
  return () => Math.max(0, field("VmHWM") - before);
}

let collected = false;

/**
 * Collects garbage, once in a process: what its first run frees of what was there before, such as the inputs as they were
 * read, would hide as much of what it holds. Later peaks are not published, and collecting takes time.
 */
export function collectOnce(): void {
  if (collected) return;
  collected = true;
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect(); // arrays are freed on another thread, which this waits for
}

function field(name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(readFileSync(status, "utf8"));
  if (found === null) throw new Error(`${status} has no ${name}`);
  return Number(found[1]) * 1024;
}
