import { compile } from "./compile.mjs";

/**
 * Brings up to date what tests do not take from the sources: generated modules, and the files of processes they start.
 *
 * @param {import("vitest/node").TestProject} project
 */
export default async function setup(project) {
  await compile();
  project.onTestsRerun(() => compile());
}
