import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "./repository.mjs";

/** @param {string} root */
const directory = (root) => join(root, ".turbo", "runs");

/**
 * Forgets earlier runs.
 *
 * @param {string} root
 */
export function removeSummaries(root) {
  rmSync(directory(root), { recursive: true, force: true });
}

/**
 * The ids (`package#task`, `//#task` for the root's own) of the tasks that failed in the last run with `--summarize`.
 *
 * @param {string} root
 * @returns {string[]}
 */
export function failedTasks(root) {
  if (!existsSync(directory(root))) return [];
  const paths = readdirSync(directory(root)).map((name) => join(directory(root), name));
  const last = paths.sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs).at(-1);
  if (last === undefined) return [];
  return readJson(last)
    .tasks.filter((/** @type {any} */ task) => (task.execution?.exitCode ?? 0) !== 0)
    .map((/** @type {any} */ task) => task.taskId);
}
