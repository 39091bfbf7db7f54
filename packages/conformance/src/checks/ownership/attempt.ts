import type { Backend } from "@batchnorm/core";
import { Nonconformance } from "../../check.js";
import type { Named } from "../values.js";
import { type Inputs, type Results, read } from "./operations.js";

/** Does work that may throw: that it does is a matter of other sentences. */
export async function attempt(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch {
    // what is asked about is what it leaves behind
  }
}

/** @throws Nonconformance where one of the things cannot be read any more, as one that was disposed */
export async function readAgain(backend: Backend, things: Results | Partial<Inputs>, when: string): Promise<Named> {
  const entries = Object.entries(things).map(async ([name, thing]) => {
    try {
      return await read(backend, { [name]: thing });
    } catch (error) {
      throw new Nonconformance(`${when}: ${name} cannot be read any more: ${(error as Error).message}`);
    }
  });
  return Object.assign({}, ...(await Promise.all(entries)));
}
