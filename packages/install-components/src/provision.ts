import { type Component, describePresence, type Present } from "@batchnorm/optional-components";
import { ProvisionError } from "./errors.js";
import { type Installer, installers } from "./installers.js";

/**
 * Makes a component present: does nothing when it is, installs it otherwise, and looks again.
 *
 * @param log gets one line for each step
 * @throws ProvisionError when there is no way to install it here, or when it is still absent
 */
export async function provision(
  component: Component,
  log: (line: string) => void,
  install: Installer | undefined = installers.get(component.name),
): Promise<Present> {
  const before = await component.probe();
  if (before.present) return before;
  if (install === undefined) {
    throw new ProvisionError(`${component.name} cannot be installed by this command; ${before.remedy}`);
  }
  await install(log);
  const after = await component.probe();
  if (after.present) return after;
  throw new ProvisionError(`${component.name} was installed, but is still ${describePresence(after)}`);
}
