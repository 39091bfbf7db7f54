import { existsSync } from "node:fs";
import { chromiumCandidates } from "./chromium-candidates.js";
import type { Component, Presence } from "./component.js";
import { answerMs, runProcess, whyItFailed } from "./run-process.js";

const remedy =
  "install Chromium or Chrome, or run `npx playwright-core install chromium`, or set BATCHNORM_CHROMIUM to its executable";

/** Chrome for Windows opens a window when it is asked for its version, so there the file's own record is read. */
function askVersion(path: string) {
  if (process.platform !== "win32") return runProcess(path, ["--version"], { timeoutMs: answerMs });
  const command = "(Get-Item -LiteralPath $env:BATCHNORM_PROBED_FILE).VersionInfo.ProductVersion";
  return runProcess("powershell.exe", ["-NoProfile", "-Command", command], {
    timeoutMs: answerMs,
    env: { BATCHNORM_PROBED_FILE: path },
  });
}

async function probe(): Promise<Presence> {
  const chosen = process.env.BATCHNORM_CHROMIUM;
  const failures: string[] = [];
  for (const path of chromiumCandidates(process.env, process.platform)) {
    if (!existsSync(path)) continue;
    const answer = await askVersion(path);
    const version = answer.code === 0 ? /\d+(\.\d+){3}/.exec(answer.stdout)?.[0] : undefined;
    if (version !== undefined) return { present: true, version, path };
    failures.push(`${path} does not tell its version (${whyItFailed(answer)})`);
  }
  if (failures.length > 0) return { present: false, reason: failures.join(", "), remedy };
  const reason = chosen
    ? `BATCHNORM_CHROMIUM is ${chosen}, where there is no file`
    : "no Chromium or Chrome on PATH, in the usual places or among Playwright's downloads";
  return { present: false, reason, remedy };
}

/** Chromium or a browser built on it, which opens the pages that are tested as people see them. */
export const chromium: Component = {
  name: "chromium",
  purpose: "opens the report and other pages in a real browser",
  probe,
};
