/**
 * What makes a component present, for its remedy.
 *
 * @param download how much comes over the network
 */
export function setupCommand(name: string, download: string): string {
  return `run \`batchnorm setup ${name}\` (${download}; in a clone: \`node apps/cli/dist/bin.js setup ${name}\`)`;
}
