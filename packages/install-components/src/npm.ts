import { type Ended, type RunOptions, runProcess } from "@batchnorm/optional-components/for-installers";

/** Runs npm or npx, which on Windows are files of the shell. */
export function runNpm(command: "npm" | "npx", args: readonly string[], options: RunOptions): Promise<Ended> {
  if (process.platform !== "win32") return runProcess(command, args, options);
  return runProcess("cmd.exe", ["/d", "/s", "/c", `${command}.cmd`, ...args], options);
}
