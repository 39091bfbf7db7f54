import { existsSync } from "node:fs";
import { answerMs, pythonCandidates, runProcess, whyItFailed } from "@batchnorm/optional-components/for-installers";
import { installFromDebian, mayInstallFromDebian } from "../debian.js";

const installMs = 30 * 60_000;

/** What a native addon is built with; each is also the name of its package in Debian. */
const buildTools = ["g++", "make", "python3"] as const;

/**
 * Looks for what a native addon is built with, and installs what is missing where this process may install from Debian.
 *
 * @returns why something is missing
 */
export async function ensureBuildTools(say: (line: string) => void): Promise<string | null> {
  const missing = await missingBuildTools();
  if (missing.length === 0) return null;
  const needed = `the addon is built with ${buildTools.join(", ")}; of these ${missing.join(", ")} are missing`;
  return installed(missing, needed, say);
}

async function missingBuildTools(): Promise<string[]> {
  const answers = await Promise.all(buildTools.map((tool) => runProcess(tool, ["--version"], { timeoutMs: answerMs })));
  return buildTools.filter((_, i) => answers[i]?.code !== 0);
}

/**
 * The first Python that has pip, which is installed where there is none and this process may install from Debian.
 *
 * @returns the Python's path, or why there is none
 */
export async function ensurePip(say: (line: string) => void): Promise<{ python: string } | { failure: string }> {
  const found = await pythonWithPip();
  if (found !== undefined) return { python: found };
  const failure = await installed(["python3-pip"], "no Python with pip was found", say);
  if (failure !== null) return { failure };
  const python = await pythonWithPip();
  return python === undefined ? { failure: "python3-pip was installed, but no Python has it" } : { python };
}

async function pythonWithPip(): Promise<string | undefined> {
  for (const python of pythonCandidates(process.env, process.platform)) {
    if (!existsSync(python)) continue;
    const { code } = await runProcess(python, ["-m", "pip", "--version"], { timeoutMs: answerMs });
    if (code === 0) return python;
  }
  return undefined;
}

/** @returns why it failed */
async function installed(packages: string[], needed: string, say: (line: string) => void): Promise<string | null> {
  const command = `apt-get install ${packages.join(" ")}`;
  if (!mayInstallFromDebian()) return `${needed} (on Debian and Ubuntu: ${command})`;
  say(`${needed}: installing from Debian (apt-get update, ${command})`);
  const ended = await installFromDebian(packages, installMs);
  return ended.code === 0 ? null : `${needed}, and ${command} failed: ${whyItFailed(ended)}`;
}
