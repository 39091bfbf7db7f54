import { Measured } from "@batchnorm/conformance";
import { chromium } from "playwright-core";
import { browserEngines } from "./engines.mjs";
import { servePage } from "./server.mjs";

/**
 * @typedef {import("@batchnorm/conformance").Bounds} Bounds
 * @typedef {import("@batchnorm/conformance").Unsupported} Unsupported
 * @typedef {{ check: string, outcome: string, message: string }} PageVerdict
 * @typedef {{ bounds: Bounds | null, unsupported: readonly Unsupported[] }} Judging
 */

/** Software rendering will do: what is judged are the numbers. */
const flags = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

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
  const server = await servePage(pageScript(engine), engine.scripts);
  const browser = await chromium.launch({ executablePath, args: flags });
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(server.address);
    const { verdicts, worst } = await page.evaluate(
      (asked) => /** @type {any} */ (globalThis).judge(asked),
      /** @type {any} */ (judging),
    );
    return { verdicts, measured: measuredAgain(worst), complaints };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** @param {import("./engines.mjs").BrowserEngine} engine */
function pageScript({ open, leftOut }) {
  return `
    import { allChecks, examine, Measured } from "@batchnorm/conformance";

    const open = async () => { ${open} };
    globalThis.judge = async (judging) => {
      const backend = await open();
      const checks = (await allChecks()).filter(
        ({ large, sentence }) => !large && !${JSON.stringify(leftOut)}.includes(sentence),
      );
      const measured = new Measured();
      const verdicts = [];
      for await (const verdict of examine(backend, checks, { ...judging, observe: measured.observe })) {
        const { check: { sentence, name, dtype }, outcome, message = "" } = verdict;
        verdicts.push({ check: [sentence, name, dtype].join(", "), outcome, message });
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
