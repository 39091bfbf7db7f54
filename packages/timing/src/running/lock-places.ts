import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { userCache } from "@batchnorm/optional-components";

/**
 * Where the lock of this machine's user may lie, the first that can be written. TMPDIR moves none of them: runs with
 * another would not see each other. `BATCHNORM_LOCK_FOLDER` names another folder, for those who are sure that nothing
 * else runs, or do not mind.
 */
export function lockPlaces(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string[] {
  // a home may be shared by machines, /tmp by users
  const name = `batchnorm-bench-${process.getuid?.() ?? "user"}-${hostname().replace(/[^\w.-]/g, "_")}.lock`;
  const chosen = env.BATCHNORM_LOCK_FOLDER;
  if (chosen !== undefined && chosen !== "") return [join(chosen, name)];
  const shared = platform === "win32" ? tmpdir() : "/tmp";
  return [join(userCache(env, platform), "batchnorm", name), join(shared, name)];
}
