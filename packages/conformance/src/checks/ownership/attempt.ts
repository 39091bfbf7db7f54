import { describeError, Nonconformance } from "../../check.js";
import type { Named } from "../values.js";
import { type Inputs, type Results, read } from "./operations.js";

/**
 * Does work that may throw: whether it does is a matter of other requirements. What is asked about is what it leaves
 * behind.
 *
 * @param what the work, as people read it
 * @returns when that was: after it, and after what it threw
 */
export async function attempt(what: string, work: () => unknown): Promise<string> {
  try {
    await work();
    return `after ${what}`;
  } catch (error) {
    return `after ${what}, which threw ${describeError(error)}`;
  }
}

/** @throws Nonconformance where one of the things cannot be read any more, as one that was disposed */
export async function readAgain(things: Results | Partial<Inputs>, when: string): Promise<Named> {
  const entries = Object.entries(things).map(async ([name, thing]) => {
    try {
      return await read({ [name]: thing });
    } catch (error) {
      const what = `${when}: ${name} cannot be read any more: ${describeError(error)}`;
      throw new Nonconformance(what, { cause: error });
    }
  });
  return Object.assign({}, ...(await Promise.all(entries)));
}
