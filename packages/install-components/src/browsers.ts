import { whyItFailed } from "@batchnorm/optional-components/for-installers";
import { installFromDebian, mayInstallFromDebian } from "./debian.js";
import { ProvisionError } from "./errors.js";

/** A browser that is installed from Debian's archive only. */
export interface DebianBrowser {
  /** of the component */
  readonly name: string;
  /** The variable that says where it is. */
  readonly variable: string;
  readonly packages: readonly string[];
  /** How much comes over the network. */
  readonly download: string;
}

export const debianBrowsers: readonly DebianBrowser[] = [
  { name: "firefox", variable: "BATCHNORM_FIREFOX", packages: ["firefox-esr"], download: "81 MB" },
  { name: "webkit", variable: "BATCHNORM_WEBKIT", packages: ["webkit2gtk-driver", "xvfb"], download: "61 MB" },
];

const timeoutMs = 10 * 60_000;

export async function installBrowser(browser: DebianBrowser, log: (line: string) => void): Promise<void> {
  const { name, variable, packages, download } = browser;
  const chosen = process.env[variable];
  if (chosen) {
    throw new ProvisionError(
      `${name} is not installed while ${variable} (${chosen}) says where it is; correct or unset it`,
    );
  }
  const needed = packages.join(" ");
  if (!mayInstallFromDebian()) {
    throw new ProvisionError(`${name} is installed only by root on Debian, which has it as ${needed}`);
  }
  log(`${name}: installing it from Debian (apt-get update, apt-get install ${needed}, ${download})`);
  const ended = await installFromDebian(packages, timeoutMs);
  if (ended.code !== 0) throw new ProvisionError(`${name} could not be installed: apt-get: ${whyItFailed(ended)}`);
}
