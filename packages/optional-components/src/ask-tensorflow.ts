import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { answerMs, runProcess, whyItFailed } from "./run-process.js";

/** A sentinel keeps the answer apart from what TensorFlow itself prints. */
const question = `
try {
  const tf = require(process.argv[1]);
  console.log("TF_Version " + tf.backend().binding.TF_Version);
} catch (error) {
  console.error("Error: " + String(error.message).split("\\n")[0]);
  process.exitCode = 1;
}
`;

/** The version of the TensorFlow that a folder of @tensorflow/tfjs-node loads, as TensorFlow itself says; or why it does not. */
export async function askTensorflow(folder: string): Promise<{ version: string } | { failure: string }> {
  // loading TensorFlow.js only to be told so would take a second
  if (!(await hasAddon(folder))) return { failure: "its addon is missing" };
  const answer = await runProcess(process.execPath, ["-e", question, folder], {
    timeoutMs: answerMs,
    env: { TF_CPP_MIN_LOG_LEVEL: "2" },
  });
  const version = answer.code === 0 ? /^TF_Version (\S+)$/m.exec(answer.stdout)?.[1] : undefined;
  return version === undefined ? { failure: whyItFailed(answer) } : { version };
}

async function hasAddon(folder: string): Promise<boolean> {
  const builds = await readdir(join(folder, "lib")).catch(() => []);
  return builds.some((build) => existsSync(join(folder, "lib", build, "tfjs_binding.node")));
}
