import { type Component, provision, pytorch } from "@batchnorm/components";
import type { Command } from "commander";
import { print } from "../output.js";

/** What the benchmarks can install, by name. */
const installable: Readonly<Record<string, Component>> = { pytorch };

/** `batchnorm bench setup` */
export function addSetup(bench: Command): void {
  bench
    .command("setup")
    .description("install PyTorch for the benchmarks into your cache folder: some 5 GB from the network, minutes")
    .action(async () => {
      for (const component of Object.values(installable)) {
        const { version, path } = await provision(component, print);
        print(`${component.name} ${version}${path === undefined ? "" : `, ${path}`}`);
      }
    });
}
