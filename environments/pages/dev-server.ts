import { spawn } from "node:child_process";
import { once } from "node:events";
import { environment } from "@batchnorm/testing/command";
import type { Site } from "./site.js";

/** Starts a server that prints its address, and ends it. */
export async function startServer(folder: string, args: readonly string[]): Promise<Site> {
  const env = environment({ NO_COLOR: "1" });
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  let printed = "";
  const address = await new Promise<string>((resolve, reject) => {
    const read = (text: string) => {
      printed += text;
      const found = /http:\/\/\S+/.exec(printed);
      if (found !== null) resolve(found[0]);
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    void ended.then(() => reject(new Error(`the server ended and printed ${printed}`)));
  });
  return {
    address,
    async close() {
      child.kill();
      await ended;
    },
  };
}
