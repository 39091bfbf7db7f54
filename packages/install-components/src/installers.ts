import { enginePackages } from "@batchnorm/optional-components/for-installers";
import { debianBrowsers, installBrowser } from "./browsers.js";
import { installChromium } from "./chromium.js";
import { installEngine } from "./engine.js";
import { installPytorch } from "./pytorch.js";
import { installTfjsNode } from "./tfjs-node/install.js";

/**
 * Installs a component, saying what it does line by line.
 *
 * @throws ProvisionError when it cannot
 */
export type Installer = (log: (line: string) => void) => Promise<void>;

/** How each component is installed, by its name. */
export const installers: ReadonlyMap<string, Installer> = new Map<string, Installer>([
  ["chromium", installChromium],
  ["pytorch", installPytorch],
  ["tfjs-node", installTfjsNode],
  ...enginePackages.map((engine): [string, Installer] => [engine.name, (log) => installEngine(engine, log)]),
  ...debianBrowsers.map((browser): [string, Installer] => [browser.name, (log) => installBrowser(browser, log)]),
]);
