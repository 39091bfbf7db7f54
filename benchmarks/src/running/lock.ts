import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BusyError } from "../errors.js";

/** Where the lock of this machine's user lies: two runs at once would disturb each other's times. */
export const lockPath = join(tmpdir(), `batchnorm-bench-${process.getuid?.() ?? "user"}.lock`);

/**
 * Takes the lock, or takes it over from a process that is no more.
 *
 * @returns a function that gives it back
 * @throws BusyError while another process has it
 */
export function takeLock(path: string = lockPath): () => void {
  for (;;) {
    try {
      const file = openSync(path, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      const release = () => rmSync(path, { force: true });
      process.once("exit", release);
      return () => {
        process.off("exit", release);
        release();
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const holder = holderOf(path);
      if (holder !== null && isRunning(holder)) {
        throw new BusyError(
          `another benchmark is running (process ${holder}), and two at once would disturb each other's times; wait for it, or end it`,
        );
      }
      rmSync(path, { force: true });
    }
  }
}

function holderOf(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
