import { fileURLToPath } from "node:url";
import type { HelperCommand } from "./helper-process.js";

/** A contestant written in JavaScript, as another process can open it. */
export interface JavaScriptContestant {
  /** the path of its module */
  readonly module: string;
  /** the name of the module's function that opens it, `() => Promise<Contestant>` */
  readonly open: string;
}

/** How a process is to be started. */
export interface HostOptions {
  /**
   * whether memory that is freed goes back to the system at once: a first run that was given it again would seem to need
   * none
   */
  readonly returnsMemory?: boolean;
  /** variables on top of this process's own */
  readonly env?: NonNullable<HelperCommand["env"]>;
}

/** From so many bytes on, the C library asks the system for memory, and gives it back: 128 KB, its default at the start. */
const returning = { MALLOC_MMAP_THRESHOLD_: "131072" };

/** The command that runs a contestant written in JavaScript in a process of its own. */
export function hosted(
  { module, open }: JavaScriptContestant,
  { returnsMemory = false, env = {} }: HostOptions = {},
): HelperCommand {
  const host = fileURLToPath(new URL("./host.js", import.meta.url));
  return {
    file: process.execPath,
    args: [host, module, open],
    env: { ...(returnsMemory ? returning : {}), ...env },
  };
}
