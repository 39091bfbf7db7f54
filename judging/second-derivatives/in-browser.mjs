import { askPage } from "../browser/page.mjs";

/** @typedef {import("./second-derivatives.mjs").Derivatives} Derivatives */

/** By engine: the scripts that bring it, beside that of TensorFlow.js, and statements before it starts. */
const known = {
  wasm: {
    scripts: ["/tfjs-backend-wasm/tf-backend-wasm.min.js"],
    settings: 'tf.wasm.setWasmPaths("/tfjs-backend-wasm/");',
  },
  webgl: { scripts: [], settings: "" },
  webgpu: { scripts: ["/tfjs-backend-webgpu/tf-backend-webgpu.min.js"], settings: "" },
};

/** @typedef {keyof typeof known} Engine */

export const engines = /** @type {Engine[]} */ (Object.keys(known));

/**
 * The derivatives of gradients on an engine of TensorFlow.js in Chromium.
 *
 * @param {string} executablePath the browser
 * @param {Engine} engine
 * @returns {Promise<{ derivatives: readonly Derivatives[], complaints: readonly string[] }>}
 * @throws Error where the page cannot start the engine
 */
export async function secondDerivativesInBrowser(executablePath, engine) {
  const script = `
    import { createTfjsBackend } from "@batchnorm/backend-tfjs";
    import { secondDerivatives } from "/judging/second-derivatives/second-derivatives.mjs";

    globalThis.ask = async () => {
      ${known[engine].settings}
      if (!(await tf.setBackend("${engine}"))) throw new Error("TensorFlow.js cannot start its ${engine} engine here");
      return secondDerivatives(tf, await createTfjsBackend(tf));
    };`;
  // tfjs-core's own file has no gradients
  const scripts = ["/tfjs/tf.min.js", ...known[engine].scripts];
  const { answer, complaints } = await askPage(executablePath, { script, scripts }, (page) =>
    page.evaluate(() => /** @type {any} */ (globalThis).ask()),
  );
  return { derivatives: answer, complaints };
}
