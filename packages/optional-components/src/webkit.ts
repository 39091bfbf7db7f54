import { existsSync } from "node:fs";
import { askVersion } from "./ask-version.js";
import type { Component } from "./component.js";
import { type Answer, findExecutable } from "./find-executable.js";
import { onPath } from "./on-path.js";
import { startXvfb } from "./xvfb.js";

const remedy =
  "install WebKitGTK's WebDriver and Xvfb (Debian's webkit2gtk-driver and xvfb), or set BATCHNORM_WEBKIT to its MiniBrowser";

/** Where Debian and Fedora keep WebKitGTK's own browser, which its driver starts. */
const usualPlaces = ["lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu", "libexec"].map(
  (folder) => `/usr/${folder}/webkit2gtk-4.1/MiniBrowser`,
);

/** WebKitGTK's own browser, in which the packages are tested beside Chromium. It is driven on a display that nobody sees. */
export const webkit: Component = {
  name: "webkit",
  purpose: "opens pages with the packages, to test them",
  async probe() {
    const { env, platform } = process;
    const needed = ["WebKitWebDriver", "Xvfb"];
    const missing = needed.find((name) => !onPath([name], env, platform).some((path) => existsSync(path)));
    if (missing !== undefined) return { present: false, reason: `there is no ${missing} on PATH`, remedy };
    return findExecutable({
      candidates: env.BATCHNORM_WEBKIT ? [env.BATCHNORM_WEBKIT] : usualPlaces,
      ask: askOnDisplay,
      variable: "BATCHNORM_WEBKIT",
      nowhere: "no MiniBrowser of WebKitGTK 4.1 in the usual places",
      remedy,
    });
  },
};

/** It does not tell its version without a display. */
async function askOnDisplay(path: string): Promise<Answer> {
  try {
    const display = await startXvfb();
    try {
      return await askVersion(path, { DISPLAY: display.name });
    } finally {
      await display.stop();
    }
  } catch (error) {
    return { failure: (error as Error).message };
  }
}
