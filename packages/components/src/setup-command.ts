import { ownCommand } from "./own-command.js";

/**
 * What makes a component present, for its remedy.
 *
 * @param download how much comes over the network
 */
export function setupCommand(name: string, download: string): string {
  return `run \`${ownCommand(`setup ${name}`)}\` (${download})`;
}
