import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { sources } from "./scripts/sources.mjs";

/** Those that start processes or threads of their own files. */
const asCompiled = ["@batchnorm/benchmarks", "@batchnorm/timing", "@batchnorm/timing/tfjs"];

/** Imports of our other packages are of their sources. */
const alias = [...sources()]
  .filter(([name]) => !asCompiled.includes(name))
  .map(([name, replacement]) => ({ find: new RegExp(`^${name}$`), replacement }));

/**
 * The least share of lines, in percent, that the tests of a package must run. Raise a number when a package outgrows
 * it. A package whose code runs mostly in processes that its tests start is measured too low; its number says so.
 */
const lines = {
  core: 95,
  "backend-cpu": 95,
  "backend-wasm": 88, // what runs in browsers is tested in judging and environments
  "backend-tfjs": 55, // TensorFlow's kernels, and most of the others, are tested in judging
  layers: 95,
  batchnorm: 95,
  conformance: 90,
  "optional-components": 85,
  "install-components": 80,
  timing: 50, // implementations and runs of many groups are tested in benchmarks
  benchmarks: 60, // the command is a process, too, and so is what runs in pages
  cli: 50, // the tests of the command start it as a process, which is not counted
  scripts: 40, // as above
} as const;

/** Limits guard against hangs only: the tests pass whatever else a machine does. No test has a limit of its own. */
const limits = { ofTest: 30 * 60_000, ofWait: 10 * 60_000 } as const;

/**
 * The configuration of a package's tests: `test/**` with its results in reports/vitest.json, which `npm test` adds up.
 * Coverage is measured where it is asked for, as `npm test` does.
 *
 * @param name the package's directory; null for code of tests only, of which no share is asked
 */
export function packageTests(name: keyof typeof lines | null) {
  return defineConfig({
    resolve: { alias },
    test: {
      globalSetup: fileURLToPath(new URL("scripts/compile-before-tests.mjs", import.meta.url)),
      include: ["test/**/*.test.ts"],
      unstubEnvs: true,
      testTimeout: limits.ofTest,
      hookTimeout: limits.ofTest,
      teardownTimeout: limits.ofWait,
      expect: { poll: { timeout: limits.ofWait } },
      reporters: ["default", ["json", { outputFile: "reports/vitest.json" }]],
      coverage: {
        provider: "v8",
        include: ["src/**/*.ts", "*.mjs"],
        reporter: ["text-summary", "lcovonly"],
        thresholds: name === null ? {} : { lines: lines[name] },
      },
    },
  });
}
