import type { Component, Presence } from "./component.js";
import { describePresence } from "./describe-presence.js";
import { ComponentError } from "./errors.js";
import { required } from "./required.js";

/**
 * Probes a component that the caller can do without, unless it is required.
 *
 * @returns its presence; the caller reports an absent one with `describePresence`
 * @throws ComponentError ERR_COMPONENT_ABSENT when it is absent and required, ERR_COMPONENT_UNKNOWN as `required` does
 */
export async function demand(
  component: Component,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Presence> {
  const isRequired = required(component.name, env);
  const presence = await component.probe();
  if (isRequired && !presence.present) {
    throw new ComponentError(
      "ERR_COMPONENT_ABSENT",
      `${component.name} ${describePresence(presence)} (BATCHNORM_REQUIRE=${env.BATCHNORM_REQUIRE} makes this a failure)`,
    );
  }
  return presence;
}
