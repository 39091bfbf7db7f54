import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { BenchmarkResult } from "./results/schema.js";

/** The commit that these sources are of, and whether they were changed since; null outside a repository. */
export function ownCommit(): BenchmarkResult["commit"] {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const tracked = git("ls-files", "--error-unmatch", "package.json");
    if (tracked === "") return null;
    return { hash: git("rev-parse", "HEAD"), changed: git("status", "--porcelain", "--untracked-files=no") !== "" };
  } catch {
    return null; // no git, or installed from a package
  }
}
