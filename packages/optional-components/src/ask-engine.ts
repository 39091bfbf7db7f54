import { answerMs, runProcess, whyItFailed } from "./run-process.js";

/** The version of a JavaScript engine, as it says itself; or why it is not of the major version that is wanted. */
export async function askEngine(path: string, wanted: string): Promise<{ version: string } | { failure: string }> {
  const answer = await runProcess(path, ["--version"], { timeoutMs: answerMs });
  const version = answer.code === 0 ? /\d+\.\d+\.\d+/.exec(answer.stdout)?.[0] : undefined;
  if (version === undefined) return { failure: `${path} does not tell its version (${whyItFailed(answer)})` };
  const [major] = wanted.split(".");
  if (version.split(".")[0] !== major) return { failure: `${path} is version ${version}, not ${major}` };
  return { version };
}
