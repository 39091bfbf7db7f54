import { spawn } from "node:child_process";
import { once } from "node:events";

/** A display that nobody sees. */
export interface Display {
  /** for the variable DISPLAY */
  readonly name: string;
  stop(): Promise<void>;
}

/**
 * Starts Xvfb from PATH. It ends with this process.
 *
 * @throws Error where it does not start
 */
export async function startXvfb(): Promise<Display> {
  const child = spawn("Xvfb", ["-displayfd", "1", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
  const end = () => child.kill();
  process.once("exit", end);
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  const number = once(child.stdout.setEncoding("utf8"), "data").then(([text]) => String(text).trim());
  const failed = once(child, "exit").then(
    ([code]) => Promise.reject(new Error(`Xvfb does not start (exit code ${code})`)),
    (error: Error) => Promise.reject(new Error(`Xvfb does not start (${error.message})`)),
  );
  failed.catch(() => {}); // once the display is there, its end is no failure
  return {
    name: `:${await Promise.race([number, failed])}`,
    stop() {
      process.off("exit", end);
      end();
      return ended;
    },
  };
}
