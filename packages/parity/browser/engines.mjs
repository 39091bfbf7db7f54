/** @typedef {import("@batchnorm/conformance").RequirementName} RequirementName */

/**
 * A backend in a browser: how its page makes it.
 *
 * @typedef {object} BrowserEngine
 * @property {string} name its row in the table of bounds
 * @property {readonly string[]} scripts that the page loads first, by their addresses on the page server
 * @property {readonly RequirementName[]} leftOut requirements that it is not asked: on software rendering they take
 *   minutes, since a GPU's engine compiles a program for every new shape
 * @property {string} open the body of a module's async function that returns the backend
 */

/** @type {readonly RequirementName[]} */
const manyShapes = ["every-element", "invariances"];

/**
 * @param {string} engine
 * @param {{ settings?: string, leftOut?: readonly RequirementName[] }} [options] settings: statements before the engine
 *   starts
 */
const tfjs = (engine, { settings = "", leftOut = [] } = {}) => ({
  name: `tfjs-${engine}`,
  leftOut,
  scripts: ["/tfjs-core/tf-core.min.js", `/tfjs-backend-${engine}/tf-backend-${engine}.min.js`],
  open: `
    const { createTfjsBackend } = await import("@batchnorm/backend-tfjs");
    ${settings}
    if (!(await tf.setBackend("${engine}"))) throw new Error("TensorFlow.js cannot start its ${engine} engine here");
    return createTfjsBackend(tf);`,
});

/** @type {readonly BrowserEngine[]} */
export const browserEngines = [
  {
    name: "cpu",
    leftOut: [],
    scripts: [],
    open: 'const { createCpuBackend } = await import("@batchnorm/backend-cpu"); return createCpuBackend();',
  },
  tfjs("wasm", { settings: 'tf.wasm.setWasmPaths("/tfjs-backend-wasm/");' }),
  tfjs("webgl", { leftOut: manyShapes }),
  tfjs("webgpu", { leftOut: manyShapes }),
];
