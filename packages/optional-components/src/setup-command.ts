import { isClone, ownCommand } from "./own-command.js";

/**
 * What makes a component present, for its remedy: in a clone the command that installs it, otherwise what to install.
 *
 * @param download how much comes over the network
 * @param otherwise in the imperative
 */
export function setupCommand(name: string, download: string, otherwise: string, clone: boolean = isClone): string {
  return clone ? `run \`${ownCommand(`setup ${name}`, true)}\` (${download})` : otherwise;
}
