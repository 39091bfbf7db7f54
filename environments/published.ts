import { workspacePackages } from "../scripts/repository.mjs";

export { firstExample, resolutions, strictProgram } from "../scripts/readme-examples.mjs";
export { repositoryRoot } from "../scripts/repository.mjs";

/** What npm users can install, by name and folder. */
export const published = workspacePackages()
  .filter(({ manifest }) => !manifest.private)
  .map(({ directory, manifest: { name } }) => ({ name, directory }));
