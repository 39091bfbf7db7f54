/** Only pages with these headers let their workers share memory; without them one thread computes. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default {
  server: { headers },
  preview: { headers },
  worker: { format: "es" }, // the other, iife, cannot load a part of a bundle later on, as createBackend() does
};
