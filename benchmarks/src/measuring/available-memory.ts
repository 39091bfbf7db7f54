import { readFileSync } from "node:fs";
import { freemem } from "node:os";

/** Bytes that can be had without swapping, as the kernel estimates it; where it does not, those that are free. */
export function availableMemory(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  } catch {
    return freemem();
  }
}
