import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "./repository.mjs";

/** @typedef {import("./repository.mjs").WorkspacePackage} WorkspacePackage */

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} notes each failure in a line: the test and its error, or why something else counts as failed
 */

/** @param {WorkspacePackage} workspacePackage */
function resultFiles({ directory }) {
  const reports = join(directory, "reports");
  if (!existsSync(reports)) return [];
  return readdirSync(reports)
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(reports, name));
}

/**
 * Removes the results of earlier runs, so that none of them is taken for a result of this one.
 *
 * @param {readonly WorkspacePackage[]} packages
 */
export function removeResults(packages) {
  for (const path of packages.flatMap(resultFiles)) rmSync(path);
}

/**
 * Adds one file of vitest's JSON reporter. A test file that fails outside its tests counts as one failed test.
 *
 * @param {string} path
 * @param {Count} count
 */
function addFile(path, count) {
  for (const file of readJson(path).testResults) {
    const failedBefore = count.failed;
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === "passed") count.passed += 1;
      else if (status === "failed") {
        count.failed += 1;
        count.notes.push(`${file.name}: ${fullName}: ${failureMessages?.[0]?.split("\n")[0]}`);
      } else count.skipped += 1;
    }
    if (file.status === "failed" && count.failed === failedBefore) {
      count.failed += 1;
      count.notes.push(`${file.name}: failed outside its tests`);
    }
  }
}

/**
 * Sums the results that the tests of the packages left in their `reports/*.json`. A package that has tests but left no
 * results counts as one failed test, and so does one whose results are all good though its task failed.
 *
 * @param {readonly WorkspacePackage[]} packages
 * @param {ReadonlySet<string>} failedPackages names of those whose test task failed
 * @returns {Count}
 */
export function countResults(packages, failedPackages) {
  /** @type {Count} */
  const total = { passed: 0, failed: 0, skipped: 0, notes: [] };
  for (const workspacePackage of packages) {
    const { name, scripts } = workspacePackage.manifest;
    if (scripts?.test === undefined) continue;
    /** @type {Count} */
    const own = { passed: 0, failed: 0, skipped: 0, notes: [] };
    const files = resultFiles(workspacePackage);
    try {
      for (const path of files) addFile(path, own);
    } catch (error) {
      own.failed += 1;
      own.notes.push(`${name}: its test results cannot be read: ${error}`);
    }
    if (own.passed + own.failed + own.skipped === 0) {
      own.failed += 1;
      own.notes.push(`${name}: ${files.length === 0 ? "its tests left no results" : "it has no tests"}`);
    } else if (own.failed === 0 && failedPackages.has(name)) {
      own.failed += 1;
      own.notes.push(`${name}: no test failed, but their run did (coverage, or an error outside the tests; see above)`);
    }
    total.passed += own.passed;
    total.failed += own.failed;
    total.skipped += own.skipped;
    total.notes.push(...own.notes);
  }
  return total;
}

/** @param {Count} count */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
