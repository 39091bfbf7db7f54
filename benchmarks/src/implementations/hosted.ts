import { fileURLToPath } from "node:url";
import type { HelperCommand } from "./helper-process.js";

/**
 * The command that runs an implementation written in JavaScript in a process of its own.
 *
 * @param module the path of its module
 * @param open the name of the module's function that opens it, `(threads: number) => Promise<Implementation>`
 * @param env variables on top of this process's own
 */
export function hosted(module: string, open: string, env: NonNullable<HelperCommand["env"]> = {}): HelperCommand {
  const host = fileURLToPath(new URL("./host.js", import.meta.url));
  return { file: process.execPath, args: [host, module, open], env };
}
