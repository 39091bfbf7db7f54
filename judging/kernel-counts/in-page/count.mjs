/**
 * @typedef {typeof import("@tensorflow/tfjs-core")} TensorFlow
 * @typedef {import("@tensorflow/tfjs-core").Tensor} Tensor
 *
 * @typedef {object} Ran a kernel of TensorFlow.js, or a program of webgl: how many elements it reads and writes
 * @property {string} name
 * @property {readonly number[]} read
 * @property {readonly number[]} written
 *
 * @typedef {object} Run
 * @property {readonly Ran[]} kernels of tf.profile, but for those that only give another view
 * @property {readonly Ran[]} programs that the GPU runs for them
 * @property {number} peakBytes of textures, beyond those that are there before
 * @property {number} readBacks
 */

/** Kernels that give another view of the same values. That webgl may move them for a view, its programs tell. */
const views = ["Identity", "Reshape", "ExpandDims"];

/**
 * What webgl does for one run, once its programs are compiled.
 *
 * @param {TensorFlow} tf on webgl
 * @param {() => readonly Tensor[]} run
 * @returns {Promise<Run>}
 */
export async function countRun(tf, run) {
  const once = () => tf.dispose([...run()]);
  once();
  const watched = watch(tf, once);
  return { ...watched, kernels: await kernelsOf(tf, once) }; // last, since tf.profile may read every result back
}

/**
 * @param {TensorFlow} tf
 * @param {() => void} once
 * @returns {Promise<readonly Ran[]>}
 */
async function kernelsOf(tf, once) {
  const { kernels } = await tf.profile(() => {
    once();
    return [];
  });
  return kernels
    .filter(({ name }) => tf.getKernel(name, tf.getBackend()) !== undefined) // tf.customGrad is listed beside its kernels
    .filter(({ name }) => !views.includes(name))
    .map(({ name, inputShapes, outputShapes }) => ran(name, inputShapes, outputShapes, name === "Slice"));
}

/**
 * @param {TensorFlow} tf
 * @param {() => void} once
 */
function watch(tf, once) {
  const engine = /** @type {any} */ (tf.backend());
  const before = engine.numBytesInGPU;
  /** @type {Ran[]} */
  const programs = [];
  let peak = before;
  let readBacks = 0;
  const watchers = {
    runWebGLProgram(/** @type {any} */ program, /** @type {readonly any[]} */ inputs) {
      const shapes = inputs.map(({ shape }) => shape);
      programs.push(ran(program.constructor.name, shapes, [program.outputShape], isSlice(program)));
      peak = Math.max(peak, engine.numBytesInGPU);
    },
    read: () => readBacks++,
    readSync: () => readBacks++,
    disposeData() {
      peak = Math.max(peak, engine.numBytesInGPU);
    },
  };
  const undo = Object.entries(watchers).map(([name, watcher]) => telling(engine, name, watcher));
  try {
    once();
  } finally {
    for (const restore of undo) restore();
  }
  return { programs, readBacks, peakBytes: peak - before };
}

/**
 * Has a method of an object tell before it is called.
 *
 * @param {any} object
 * @param {string} name
 * @param {(...args: any[]) => void} tell
 * @returns {() => void} takes it back
 */
function telling(object, name, tell) {
  const method = object[name];
  object[name] = (/** @type {any[]} */ ...args) => {
    tell(...args);
    return method.apply(object, args);
  };
  return () => {
    delete object[name];
  };
}

/** The names of webgl's programs are those of a minified file. */
const isSlice = (/** @type {any} */ { customUniforms }) => customUniforms?.[0]?.name === "start";

/**
 * @param {string} name
 * @param {readonly (readonly number[] | null)[]} inputs
 * @param {readonly (readonly number[])[]} outputs
 * @param {boolean} slices reads no more than it writes
 * @returns {Ran}
 */
function ran(name, inputs, outputs, slices) {
  const written = outputs.map(sizeOf);
  return { name, read: slices ? written : inputs.filter((shape) => shape !== null).map(sizeOf), written };
}

const sizeOf = (/** @type {readonly number[]} */ shape) => shape.reduce((product, length) => product * length, 1);
