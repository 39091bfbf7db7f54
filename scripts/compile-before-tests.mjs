import { compile } from "./compile.mjs";

const compiles = Symbol.for("batchnorm compiles before tests");

/**
 * Brings up to date what tests do not take from the sources: generated modules, and the files of processes they start.
 *
 * @param {import("vitest/node").TestProject} project
 */
export default async function setup(project) {
  if (Object.hasOwn(globalThis, compiles)) return; // vitest at the root runs this for every package
  Object.assign(globalThis, { [compiles]: true });
  await compile();
  project.onTestsRerun(() => compile());
}
