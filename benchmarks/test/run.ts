import { fileURLToPath } from "node:url";
import { runFile } from "@batchnorm/testing/command";

/** The built command. */
export const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

export const run = (args: readonly string[], options?: Parameters<typeof runFile>[2]) => runFile(bin, args, options);
