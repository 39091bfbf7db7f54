import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { onPath } from "./on-path.js";
import { userCache } from "./user-cache.js";

type Environment = Readonly<Record<string, string | undefined>>;

const namesOnPath = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
] as const;

/** Where the three systems put Chromium and browsers built on it when they are not on PATH. */
function usualPlaces(env: Environment, platform: NodeJS.Platform): string[] {
  if (platform === "darwin") {
    const apps = ["/Applications", join(homedir(), "Applications")];
    const names = ["Chromium", "Google Chrome", "Microsoft Edge"];
    return apps.flatMap((app) => names.map((name) => join(app, `${name}.app`, "Contents", "MacOS", name)));
  }
  if (platform === "win32") {
    const roots = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter((root) => root !== undefined);
    const tails = ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"];
    return roots.flatMap((root) => tails.map((tail) => join(root, tail)));
  }
  return [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
  ];
}

/** The directory of the browsers that Playwright downloads. */
function playwrightCache(env: Environment, platform: NodeJS.Platform): string {
  const chosen = env.PLAYWRIGHT_BROWSERS_PATH;
  if (chosen !== undefined && chosen !== "" && chosen !== "0") return chosen;
  return join(userCache(env, platform), "ms-playwright");
}

const executablesInDownload = [
  "chrome-linux/chrome",
  "chrome-linux64/chrome",
  "chrome-linux/headless_shell",
  "chrome-headless-shell-linux64/chrome-headless-shell",
  "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
  "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
  "chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
  "chrome-win/chrome.exe",
  "chrome-win64/chrome.exe",
] as const;

/** Playwright's downloads of Chromium, the newest first. */
function playwrightDownloads(env: Environment, platform: NodeJS.Platform): string[] {
  const cache = playwrightCache(env, platform);
  const revision = (name: string) => Number(name.slice(name.lastIndexOf("-") + 1));
  let names: string[];
  try {
    names = readdirSync(cache).filter((name) => /^chromium(_headless_shell)?-\d+$/.test(name));
  } catch {
    return [];
  }
  names.sort((a, b) => revision(b) - revision(a) || a.length - b.length);
  return names.flatMap((name) => executablesInDownload.map((tail) => join(cache, name, tail)));
}

/**
 * The paths at which Chromium may be, the best first: the one that `BATCHNORM_CHROMIUM` names, and no other then; those
 * on PATH; the system's usual places; Playwright's downloads. Files that do not exist are among them.
 */
export function chromiumCandidates(env: Environment, platform: NodeJS.Platform): string[] {
  const chosen = env.BATCHNORM_CHROMIUM;
  if (chosen !== undefined && chosen !== "") return [chosen];
  const places = [...onPath(namesOnPath, env, platform), ...usualPlaces(env, platform)];
  return [...new Set([...places, ...playwrightDownloads(env, platform)])];
}
