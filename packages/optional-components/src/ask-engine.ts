import { askVersion } from "./ask-version.js";
import type { Answer } from "./find-executable.js";

/** The version of a JavaScript engine, as it says itself; or why it is not of the major version that is wanted. */
export async function askEngine(path: string, wanted: string): Promise<Answer> {
  const answer = await askVersion(path);
  if ("failure" in answer) return answer;
  const [major] = wanted.split(".");
  if (answer.version.split(".")[0] === major) return answer;
  return { failure: `${path} is version ${answer.version}, not ${major}` };
}
