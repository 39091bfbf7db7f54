import { homedir } from "node:os";
import { join } from "node:path";
import { askBrowser } from "./ask-version.js";
import type { Component } from "./component.js";
import { findExecutable } from "./find-executable.js";
import { onPath } from "./on-path.js";

/** Firefox, in which the packages are tested beside Chromium. */
export const firefox: Component = {
  name: "firefox",
  purpose: "opens pages with the packages, to test them",
  probe: () =>
    findExecutable({
      candidates: candidates(),
      ask: askBrowser,
      variable: "BATCHNORM_FIREFOX",
      nowhere: "no Firefox on PATH or in the usual places",
      remedy: "install Firefox, or set BATCHNORM_FIREFOX to its executable",
    }),
};

/** The one that the variable names, and no other then; those on PATH; the system's usual places. */
function candidates(): string[] {
  const { env, platform } = process;
  if (env.BATCHNORM_FIREFOX) return [env.BATCHNORM_FIREFOX];
  return [...onPath(["firefox", "firefox-esr"], env, platform), ...usualPlaces()];
}

/** Where macOS and Windows keep it, which do not put it on PATH. */
function usualPlaces(): string[] {
  const { env, platform } = process;
  if (platform === "darwin") {
    const folders = ["/Applications", join(homedir(), "Applications")];
    return folders.map((folder) => join(folder, "Firefox.app", "Contents", "MacOS", "firefox"));
  }
  const roots = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter((root) => root !== undefined);
  return roots.map((root) => join(root, "Mozilla Firefox", "firefox.exe"));
}
