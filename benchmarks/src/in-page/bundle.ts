import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** The script of the page that is timed, for browsers, out of the packages as they are built. */
export async function pageScript(): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("./page.js", import.meta.url)),
    platform: "browser",
    external: /^(node:|\/onnxruntime-web\/)/, // a page has it from its server
    treeshake: { moduleSideEffects: [{ external: true, sideEffects: false }] },
    logLevel: "silent",
  });
  try {
    const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
    return output[0].code;
  } finally {
    await bundle.close();
  }
}
