import type { Absent, Component } from "@batchnorm/optional-components";
import { type Implementation, Unsupported } from "@batchnorm/timing";
import { HelperFailure } from "./helper-process.js";

/** Starts what needs a component of the machine, which may be absent. */
export async function withComponent(
  component: Component,
  open: (path: string | undefined) => Promise<Implementation>,
): Promise<Implementation | Absent> {
  const presence = await component.probe();
  return presence.present ? started(() => open(presence.path)) : presence;
}

/** What does not start is absent. */
export async function started(open: () => Promise<Implementation>): Promise<Implementation | Absent> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof HelperFailure || error instanceof Unsupported)) throw error;
    return { present: false, reason: `it does not start: ${error.message}`, remedy: "mend what the message names" };
  }
}
