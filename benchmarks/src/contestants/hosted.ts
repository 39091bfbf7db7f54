import { fileURLToPath } from "node:url";
import type { HelperCommand } from "./helper-process.js";

/** A contestant written in JavaScript, as another process can open it. */
export interface JavaScriptContestant {
  readonly module: URL;
  /** the name of the module's function that opens it, `() => Promise<Contestant>` */
  readonly open: string;
}

/** The command that runs a contestant written in JavaScript in a process of its own. */
export function hosted({ module, open }: JavaScriptContestant): HelperCommand {
  const host = fileURLToPath(new URL("./host.js", import.meta.url));
  return { file: process.execPath, args: [host, fileURLToPath(module), open] };
}
