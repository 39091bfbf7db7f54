import { loadPackage } from "./load-package.mjs";

/**
 * Shows which optional components this machine has, and installs those that `BATCHNORM_REQUIRE` names and it lacks.
 *
 * @returns {Promise<{ failures: string[], found: string }>} the required components that are still absent, and what the
 *   results of tests depend on: the components with their versions
 */
export async function provisionRequired() {
  const { components, describePresence, required } = await loadPackage("optional-components");
  const { provision } = await loadPackage("install-components");
  /** @type {string[]} */
  const failures = [];
  /** @type {string[]} */
  const found = [];
  for (const component of components()) {
    const isRequired = required(component.name); // also where it is present: a misspelt name is an error everywhere
    let presence = await component.probe();
    if (!presence.present && isRequired) {
      console.log(`${component.name} is absent and required: ${presence.reason}`);
      try {
        presence = await provision(component, console.log);
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    const line = `${component.name} ${describePresence(presence)}`;
    console.log(line);
    found.push(line);
  }
  return { failures, found: found.join("; ") };
}
