import { Measured } from "@batchnorm/conformance";
import { browserEngines } from "./engines.mjs";
import { askPage } from "./page.mjs";

/**
 * @typedef {import("@batchnorm/conformance").Bounds} Bounds
 * @typedef {import("@batchnorm/conformance").Unsupported} Unsupported
 * @typedef {{ check: string, outcome: string, message: string }} PageVerdict
 * @typedef {{ bounds: Bounds | null, unsupported: readonly Unsupported[] }} Judging
 */

/**
 * Asks a backend in a browser the checks of the suite, but for large ones and those that its engine leaves out.
 *
 * @param {string} executablePath the browser, Chromium
 * @param {string} name of the engine
 * @param {Judging} judging
 * @returns {Promise<{ verdicts: readonly PageVerdict[], measured: Measured, complaints: readonly string[] }>}
 * @throws Error where the page cannot start the engine
 */
export async function judgeInBrowser(executablePath, name, judging) {
  const engine = browserEngines.find((one) => one.name === name);
  if (engine === undefined) throw new Error(`no engine in browsers is called ${name}`);
  const { answer, complaints } = await askPage(
    executablePath,
    { script: pageScript(engine), scripts: engine.scripts },
    (page) => page.evaluate((asked) => /** @type {any} */ (globalThis).judge(asked), /** @type {any} */ (judging)),
  );
  const { verdicts, worst } = answer;
  return { verdicts, measured: measuredAgain(worst), complaints };
}

/** @param {import("./engines.mjs").BrowserEngine} engine */
function pageScript({ open, leftOut }) {
  return `
    import { allChecks, examine, Measured } from "@batchnorm/conformance";

    const open = async () => { ${open} };
    globalThis.judge = async (judging) => {
      const backend = await open();
      const checks = (await allChecks()).filter(
        ({ large, requirement }) => !large && !${JSON.stringify(leftOut)}.includes(requirement),
      );
      const measured = new Measured();
      const verdicts = [];
      for await (const verdict of examine(backend, checks, { ...judging, observe: measured.observe })) {
        const { check: { requirement, name, dtype }, outcome, message = "" } = verdict;
        verdicts.push({ check: [requirement, name, dtype].join(", "), outcome, message });
      }
      return { verdicts, worst: measured.worst };
    };`;
}

/** @param {Bounds} worst */
function measuredAgain(worst) {
  const measured = new Measured();
  for (const { ulp, ...row } of worst) {
    for (const [operation, value] of Object.entries(ulp)) {
      measured.observe({ ...row, operation: /** @type {any} */ (operation), ulp: value });
    }
  }
  return measured;
}
