import { homedir } from "node:os";
import { join } from "node:path";

/** The folder in which a user's programs keep what they can fetch again. */
export function userCache(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  if (platform === "darwin") return join(homedir(), "Library", "Caches");
  if (platform === "win32") return env.LOCALAPPDATA || join(homedir(), "AppData", "Local");
  return env.XDG_CACHE_HOME || join(homedir(), ".cache");
}
