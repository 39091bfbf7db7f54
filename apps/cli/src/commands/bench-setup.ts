import { pytorch } from "@batchnorm/components";
import type { Command } from "commander";
import { install } from "./install.js";

/** `batchnorm bench setup` */
export function addBenchSetup(bench: Command): void {
  bench
    .command("setup")
    .description(
      "install PyTorch for the benchmarks into your cache folder: some 5 GB from the network, minutes; `batchnorm setup` shows what else there is",
    )
    .action(() => install([pytorch]));
}
