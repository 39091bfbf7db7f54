import { existsSync } from "node:fs";
import { askTorch } from "./ask-torch.js";
import type { Component, Presence } from "./component.js";
import { pythonCandidates, torchVersion } from "./pytorch-candidates.js";
import { setupCommand } from "./setup-command.js";

const byHand = `\`pip install torch==${torchVersion}\` for the python3 on PATH`;
const remedy = `${setupCommand("pytorch", "5 GB", `run ${byHand}`)}, or set BATCHNORM_PYTHON to a Python that has torch`;

async function probe(): Promise<Presence> {
  const failures: string[] = [];
  for (const path of pythonCandidates(process.env, process.platform)) {
    if (!existsSync(path)) continue;
    const answer = await askTorch(path);
    if ("version" in answer) return { present: true, version: answer.version, path };
    failures.push(`${path} does not tell a version of torch (${answer.failure})`);
  }
  if (failures.length > 0) return { present: false, reason: failures.join(", "), remedy };
  const chosen = process.env.BATCHNORM_PYTHON;
  const reason = chosen ? `BATCHNORM_PYTHON is ${chosen}, where there is no file` : "there is no python3";
  return { present: false, reason, remedy };
}

/** A Python with torch; `path` is the Python, `version` that of torch. */
export const pytorch: Component = {
  name: "pytorch",
  purpose: "is timed beside the backends",
  probe,
};
