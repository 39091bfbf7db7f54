import { type Component, provision } from "@batchnorm/components";
import { print } from "../output.js";

/** Installs components one after the other, those that are present excepted, and says where each is. */
export async function install(wanted: readonly Component[]): Promise<void> {
  for (const component of wanted) {
    const { version, path } = await provision(component, print);
    print(`${component.name} ${version}${path === undefined ? "" : `, ${path}`}`);
  }
}
