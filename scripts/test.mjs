// npm test: sets up what is missing, then lints and tests everything, and ends with the sum of all test results.
import "./require-node.mjs";

const { build, setUp } = await import("./set-up.mjs");
const { run } = await import("./processes.mjs");
const { repositoryRoot, workspacePackages } = await import("./repository.mjs");
const { countResults, removeResults, summaryLine } = await import("./results.mjs");
const { failedTasks, removeSummaries } = await import("./turbo-summary.mjs");
const { provisionRequired } = await import("./provision-required.mjs");
const { tasks } = await import("./tasks.mjs");

const mostNotes = 20;

/**
 * @param {string} reason
 * @returns {never}
 */
function endBeforeTests(reason) {
  console.error(`no test was run: ${reason}`);
  console.log(summaryLine({ passed: 0, failed: 1, skipped: 0, notes: [] }));
  process.exit(1);
}

if (process.argv.length > 2) {
  endBeforeTests(
    `npm test takes no arguments (${process.argv.slice(2).join(" ")}); for one package: npx vitest, in it`,
  );
}
if (!(await setUp())) endBeforeTests("set-up failed");
if (!(await build())) endBeforeTests("the sources do not compile");
const components = await provisionRequired().catch((error) => endBeforeTests(error.message));

const packages = workspacePackages();
removeResults(packages);
removeSummaries(repositoryRoot);
const everything = [...(tasks.lint ?? []), "test", "--continue=dependencies-successful", "--summarize"];
const code = await run("turbo", ["run", ...everything], {
  // What a cached result depends on besides files.
  env: { BATCHNORM_TESTED_ON: `node ${process.version}, ${process.platform} ${process.arch}, ${components.found}` },
});

const failed = failedTasks(repositoryRoot);
const isTest = (/** @type {string} */ id) => id.endsWith("#test");
const count = countResults(packages, new Set(failed.filter(isTest).map((id) => id.slice(0, -"#test".length))));
count.failed += components.failures.length;
count.notes.push(...components.failures);
const others = failed.filter((id) => !isTest(id)).map((id) => id.replace(/^\/\/#/, ""));

console.log();
if (process.env.BATCHNORM_TESTS !== "all") {
  console.log("left out: tests that take minutes and seldom find more; .ci/run and BATCHNORM_TESTS=all have them");
}
for (const note of count.notes.slice(0, mostNotes)) console.log(`failed: ${note}`);
if (count.notes.length > mostNotes) console.log(`failed: ${count.notes.length - mostNotes} more, see above`);
if (others.length > 0) console.log(`failed besides the tests: ${others.join(", ")}`);
console.log(summaryLine(count));
process.exitCode = code === 0 && count.failed === 0 ? 0 : 1;
