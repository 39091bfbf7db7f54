import { allChecks, Measured } from "@batchnorm/conformance";
import { askPage } from "./page.mjs";

/**
 * @typedef {import("@batchnorm/conformance").Bounds} Bounds
 * @typedef {import("@batchnorm/conformance").Unsupported} Unsupported
 * @typedef {{ check: string, outcome: string, message: string }} PageVerdict
 * @typedef {{ bounds: Bounds | null, unsupported: readonly Unsupported[] }} Judging
 */

/** @param {import("@batchnorm/conformance").Check} check */
const keyOf = ({ requirement, name, dtype }) => [requirement, name, dtype].join(", ");

/**
 * The checks that an engine in a browser is asked: no large ones, and none of the requirements that it leaves out.
 *
 * @param {import("./engines.mjs").BrowserEngine} engine
 * @param {{ unsupported: readonly Unsupported[], most?: number }} [options] most: how many of each requirement, from all over
 *   it, besides those that are unsupported
 */
export async function checksOf({ leftOut }, { unsupported, most = Infinity } = { unsupported: [] }) {
  const all = (await allChecks()).filter(({ large, requirement }) => !large && !leftOut.includes(requirement));
  return all.filter((check) => {
    const own = all.filter(({ requirement, dtype }) => requirement === check.requirement && dtype === check.dtype);
    const step = Math.max(1, own.length / most);
    const isTaken = Math.floor((own.indexOf(check) + 1) / step) > Math.floor(own.indexOf(check) / step);
    return isTaken || unsupported.some((one) => one.requirement === check.requirement && one.check === check.name);
  });
}

/**
 * Asks a backend in a browser checks of the suite.
 *
 * @param {string} executablePath the browser, Chromium
 * @param {import("./engines.mjs").BrowserEngine} engine
 * @param {Judging & { most?: number }} judging see `checksOf`
 * @returns {Promise<{ verdicts: readonly PageVerdict[], measured: Measured, complaints: readonly string[] }>}
 * @throws Error where the page cannot start the engine
 */
export async function judgeInBrowser(executablePath, engine, judging) {
  const asked = { ...judging, checks: (await checksOf(engine, judging)).map(keyOf) };
  const { answer, complaints } = await askPage(
    executablePath,
    { script: pageScript(engine), scripts: engine.scripts, isolated: engine.isolated },
    (page) => page.evaluate((judging) => /** @type {any} */ (globalThis).judge(judging), /** @type {any} */ (asked)),
  );
  const { verdicts, worst } = answer;
  return { verdicts, measured: measuredAgain(worst), complaints };
}

/** @param {import("./engines.mjs").BrowserEngine} engine */
function pageScript({ open }) {
  return `
    import { allChecks, examine, Measured } from "@batchnorm/conformance";

    const open = async () => { ${open} };
    globalThis.judge = async (judging) => {
      const backend = await open();
      const keyOf = ${keyOf};
      const asked = new Set(judging.checks);
      const checks = (await allChecks()).filter((check) => asked.has(keyOf(check)));
      const measured = new Measured();
      const verdicts = [];
      for await (const verdict of examine(backend, checks, { ...judging, observe: measured.observe })) {
        const { check, outcome, message = "" } = verdict;
        verdicts.push({ check: keyOf(check), outcome, message });
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
