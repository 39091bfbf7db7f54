import { fileURLToPath } from "node:url";
import type { HelperCommand } from "./helper-process.js";

/** The command that runs a contestant written in JavaScript in a process of its own. */
export function hosted(module: URL, name: string): HelperCommand {
  const host = fileURLToPath(new URL("./host.js", import.meta.url));
  return { file: process.execPath, args: [host, fileURLToPath(module), name] };
}
