import { components } from "./components.js";
import { ComponentError } from "./errors.js";

/**
 * Whether the absence of a component is a failure: `BATCHNORM_REQUIRE` is `all`, or a list with commas that names it.
 *
 * @param name of a component
 * @param env where the variable is looked up
 * @throws ComponentError ERR_COMPONENT_UNKNOWN when the list has a name that no component has
 */
export function required(name: string, env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  const wanted = (env.BATCHNORM_REQUIRE ?? "").split(",").map((word) => word.trim());
  const known = components().map((component) => component.name);
  for (const word of wanted) {
    if (word === "" || word === "all" || word === name || known.includes(word)) continue;
    throw new ComponentError(
      "ERR_COMPONENT_UNKNOWN",
      `BATCHNORM_REQUIRE names "${word}", which is no component: expected "all" or a list with commas of ${known.join(", ")}`,
    );
  }
  return wanted.includes("all") || wanted.includes(name);
}
