import { whyItFailed } from "@batchnorm/optional-components/for-installers";
import { installFromDebian, mayInstallFromDebian } from "./debian.js";
import { ProvisionError } from "./errors.js";
import { runNpm } from "./npm.js";

const playwright = "playwright-core@1.65.1";
const timeoutMs = 10 * 60_000;

/** From Debian's archive where this process may install from it, otherwise as Playwright's download. */
export async function installChromium(log: (line: string) => void): Promise<void> {
  if (process.env.BATCHNORM_CHROMIUM) {
    throw new ProvisionError(
      `chromium is not installed while BATCHNORM_CHROMIUM (${process.env.BATCHNORM_CHROMIUM}) says where it is; correct or unset it`,
    );
  }
  const failures: string[] = [];
  if (mayInstallFromDebian()) {
    log("chromium: installing it from Debian (apt-get update, apt-get install chromium)");
    const ended = await installFromDebian(["chromium"], timeoutMs);
    if (ended.code === 0) return;
    failures.push(`apt-get: ${whyItFailed(ended)}`);
  }
  log(`chromium: downloading it (npx ${playwright} install chromium)`);
  const ended = await runNpm("npx", ["--yes", playwright, "install", "chromium"], { timeoutMs });
  if (ended.code === 0) return;
  failures.push(`${playwright}: ${whyItFailed(ended)}`);
  throw new ProvisionError(`chromium could not be installed: ${failures.join("; ")}`);
}
