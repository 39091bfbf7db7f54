import { type Component, components, ownCommand } from "@batchnorm/components";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.js";
import { print, table } from "../output.js";
import { install } from "./install.js";

/** `batchnorm setup` */
export function define(command: Command): void {
  command
    .argument("[component...]")
    .addHelpText(
      "after",
      `
Components:
${components()
  .map(({ name, purpose }) => `  ${name.padEnd(12)}${purpose}`)
  .join("\n")}

Exit codes: 0 ok, 2 wrong use, or a component that cannot be installed here, 130 Ctrl-C (the same command starts again).`,
    )
    .action(async (names: string[]) => {
      if (names.length > 0) await install(names.map(componentNamed));
      else print(await presences());
    });
}

function componentNamed(name: string): Component {
  const known = components();
  const found = known.find((component) => component.name === name);
  if (found !== undefined) return found;
  const names = known.map((component) => component.name).join(", ");
  throw new UsageError(`there is no component "${name}"; expected one of ${names}`);
}

async function presences(): Promise<string> {
  const rows = await Promise.all(
    components().map(async (component) => {
      const presence = await component.probe();
      return [component.name, presence.present ? presence.version : "absent", component.purpose];
    }),
  );
  const hint = `${ownCommand("setup <component...>")} installs what is absent; ${ownCommand("backends")} tells why it is`;
  return `${table(["component", "version", "what it is for"], rows)}\n\n${hint}`;
}
