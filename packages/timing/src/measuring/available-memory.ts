import { freemem } from "node:os";

/** Bytes that can be had without swapping, within the limits that this process has been given. */
export function availableMemory(): number {
  return process.availableMemory?.() ?? freemem(); // Node 20 has it from 20.13 on
}
