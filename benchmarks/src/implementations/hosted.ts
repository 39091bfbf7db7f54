import { fileURLToPath } from "node:url";
import type { Absent, Component } from "@batchnorm/optional-components";
import { type Implementation, type ImplementationDescription, Unsupported } from "@batchnorm/timing";
import { helperImplementation } from "./helper-implementation.js";
import { type HelperCommand, HelperFailure } from "./helper-process.js";
import type { KnownImplementation } from "./known-implementation.js";

/** An implementation written in JavaScript that runs in a process of its own. */
interface Hosted extends Partial<Pick<KnownImplementation, "threaded" | "ofEngine">> {
  /** what people are told of it on so many threads */
  readonly about: (threads: number) => ImplementationDescription;
  /** its module, and the module's function that opens it, `(threads: number) => Promise<Implementation>` */
  readonly module: URL;
  readonly open: string;
  /** variables on top of this process's own */
  readonly env?: (threads: number) => NonNullable<HelperCommand["env"]>;
  /** what it needs of the machine */
  readonly needs?: Component;
}

/** Such an implementation as one that the benchmarks know. */
export function hosted({ about, module, open, env = () => ({}), needs, ...where }: Hosted): KnownImplementation {
  const { name, kind } = about(1);
  const args = [fileURLToPath(new URL("./host.js", import.meta.url)), fileURLToPath(module), open];
  const start = (threads: number) =>
    helperImplementation({ ...about(threads), command: { file: process.execPath, args, env: env(threads) } });
  return {
    name,
    kind,
    threaded: false,
    ofEngine: false,
    ...where,
    open: (threads) => started(() => start(threads), needs),
  };
}

/** What does not start is absent, and so is what needs a component that the machine lacks. */
export async function started(
  open: (path: string | undefined) => Promise<Implementation>,
  needs?: Component,
): Promise<Implementation | Absent> {
  const presence = await needs?.probe();
  if (presence?.present === false) return presence;
  try {
    return await open(presence?.path);
  } catch (error) {
    if (!(error instanceof HelperFailure || error instanceof Unsupported)) throw error;
    return { present: false, reason: `it does not start: ${error.message}`, remedy: "mend what the message names" };
  }
}
