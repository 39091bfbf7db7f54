/** @typedef {import("@batchnorm/conformance").RequirementName} RequirementName */

/**
 * A backend in a browser: how its page makes it.
 *
 * @typedef {object} BrowserEngine
 * @property {string} name its row in the table of bounds
 * @property {string} [where] what is special about its page
 * @property {readonly string[]} scripts that the page loads first, by their addresses on the page server
 * @property {boolean} gpu whether it renders, which takes minutes where software does it: a program is compiled for every
 *   new shape
 * @property {boolean} isolated whether its page is cross-origin isolated, so that workers share memory
 * @property {string} [notice] what the console shows
 * @property {readonly RequirementName[]} leftOut requirements that it is never asked
 * @property {string} open the body of a module's async function that returns the backend
 */

/** @type {readonly RequirementName[]} */
const manyShapes = ["every-element", "invariances"];

/**
 * @param {string} engine
 * @param {{ settings?: string, gpu?: boolean }} [options] settings: statements before the engine starts
 */
const tfjs = (engine, { settings = "", gpu = false } = {}) => ({
  name: `tfjs-${engine}`,
  gpu,
  isolated: false,
  leftOut: gpu ? manyShapes : [],
  scripts: ["/tfjs-core/tf-core.min.js", `/tfjs-backend-${engine}/tf-backend-${engine}.min.js`],
  open: `
    const { createTfjsBackend } = await import("@batchnorm/backend-tfjs");
    ${settings}
    if (!(await tf.setBackend("${engine}"))) throw new Error("TensorFlow.js cannot start its ${engine} engine here");
    return createTfjsBackend(tf);`,
});

const wasm = {
  name: "wasm",
  gpu: false,
  isolated: false,
  leftOut: [],
  scripts: [],
  open: 'const { createWasmBackend } = await import("@batchnorm/backend-wasm"); return createWasmBackend({ threads: 3 });',
};

/** @type {readonly BrowserEngine[]} */
export const browserEngines = [
  {
    name: "cpu",
    gpu: false,
    isolated: false,
    leftOut: [],
    scripts: [],
    open: 'const { createCpuBackend } = await import("@batchnorm/backend-cpu"); return createCpuBackend();',
  },
  {
    ...wasm,
    where: "on a page that is cross-origin isolated",
    isolated: true,
  },
  {
    ...wasm,
    where: "on any page",
    notice: "@batchnorm/backend-wasm computes on one thread: the page is not cross-origin isolated",
  },
  tfjs("wasm", { settings: 'tf.wasm.setWasmPaths("/tfjs-backend-wasm/");' }),
  tfjs("webgl", { gpu: true }),
  tfjs("webgpu", { gpu: true }),
];
