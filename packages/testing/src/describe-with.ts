import { type Component, ComponentError, demand, describePresence, type Present } from "@batchnorm/optional-components";
import { describe, it } from "vitest";

/**
 * Declares a suite that needs a component. Present: its tests run. Absent: they are reported as skipped and the line
 * `<name> absent: <reason and remedy>` is printed. Absent and required by `BATCHNORM_REQUIRE`: one more test, which says
 * so, fails.
 *
 * Await it at the top of a test file:
 *
 *     await describeWith(chromium, "the report in a browser", (browser) => {
 *       it("has a title", async () => {
 *         const { path } = browser(); // in a test or a hook, not in the suite's own body
 *       });
 *     });
 *
 * @throws ComponentError ERR_COMPONENT_UNKNOWN as `required` does
 */
export async function describeWith(
  component: Component,
  title: string,
  tests: (use: () => Present) => void,
): Promise<void> {
  let failure: ComponentError | undefined;
  const presence = await demand(component).catch((error: unknown) => {
    if (!(error instanceof ComponentError) || error.code !== "ERR_COMPONENT_ABSENT") throw error;
    failure = error;
    return undefined;
  });
  if (presence?.present) {
    describe(title, () => tests(() => presence));
    return;
  }
  if (presence !== undefined) {
    console.warn(`${component.name} ${describePresence(presence)}`);
  } else {
    it(`${title}: needs ${component.name}`, () => {
      throw failure;
    });
  }
  describe(title, { skip: true }, () => tests(neverIn(component)));
}

function neverIn(component: Component): () => Present {
  return () => {
    throw new ComponentError(
      "ERR_COMPONENT_ABSENT",
      `${component.name} is absent; ask for it in a test or a hook only`,
    );
  };
}
