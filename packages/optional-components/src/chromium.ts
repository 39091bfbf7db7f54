import { askBrowser } from "./ask-version.js";
import { chromiumCandidates } from "./chromium-candidates.js";
import type { Component } from "./component.js";
import { findExecutable } from "./find-executable.js";

/** Chromium or a browser built on it, which opens the pages that are tested as people see them. */
export const chromium: Component = {
  name: "chromium",
  purpose: "opens the report and other pages in a real browser",
  probe: () =>
    findExecutable({
      candidates: chromiumCandidates(process.env, process.platform),
      ask: askBrowser,
      variable: "BATCHNORM_CHROMIUM",
      nowhere: "no Chromium or Chrome on PATH, in the usual places or among Playwright's downloads",
      remedy:
        "install Chromium or Chrome, or run `npx playwright-core install chromium`, or set BATCHNORM_CHROMIUM to its executable",
    }),
};
