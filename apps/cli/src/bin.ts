#!/usr/bin/env node
import { endOnInterrupt } from "./interrupt.js";

endOnInterrupt();
// loaded after it, so that Ctrl-C is answered from the start
const { main } = await import("./main.js");
process.exitCode = await main(process.argv.slice(2));
