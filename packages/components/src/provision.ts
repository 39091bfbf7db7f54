import type { Component, Present } from "./component.js";
import { describePresence } from "./describe-presence.js";
import { ComponentError } from "./errors.js";

/**
 * Makes a component present: does nothing when it is, installs it otherwise, and looks again.
 *
 * @param log gets one line for each step
 * @throws ComponentError ERR_COMPONENT_PROVISION when there is no way to install it here, or when it is still absent
 */
export async function provision(component: Component, log: (line: string) => void): Promise<Present> {
  const before = await component.probe();
  if (before.present) return before;
  if (component.provision === undefined) {
    throw new ComponentError(
      "ERR_COMPONENT_PROVISION",
      `${component.name} cannot be installed by this command; ${before.remedy}`,
    );
  }
  await component.provision(log);
  const after = await component.probe();
  if (after.present) return after;
  throw new ComponentError(
    "ERR_COMPONENT_PROVISION",
    `${component.name} was installed, but is still ${describePresence(after)}`,
  );
}
