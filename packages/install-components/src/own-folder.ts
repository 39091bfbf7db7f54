import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const dayMs = 24 * 60 * 60_000;
const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 } as const;

/**
 * Gives `make` a new folder beside a place, to make there what belongs in that place and to put it there when it is whole
 * (`putInPlace`): what is interrupted leaves nothing in the place, and two at once do not mix. The folder is gone
 * afterwards, also when this process ends; one that was left days ago is removed.
 */
export async function withOwnFolder<T>(place: string, make: (own: string) => Promise<T>): Promise<T> {
  const partial = `${place}.part-`;
  await mkdir(dirname(place), { recursive: true });
  await removeAbandoned(partial);
  const own = await mkdtemp(partial);
  const onExit = () => {
    try {
      rmSync(own, removal);
    } catch {
      // something still writes there; it is abandoned
    }
  };
  process.once("exit", onExit);
  try {
    return await make(own);
  } finally {
    await rm(own, removal);
    process.off("exit", onExit);
  }
}

/**
 * Moves what was made in an own folder to its place, unless what is there by now works as well.
 *
 * @param made in the own folder
 * @param works whether another was quicker
 */
export async function putInPlace(made: string, place: string, works: () => Promise<boolean>): Promise<void> {
  const isThere = () => rename(made, place).then(() => true, works);
  if (await isThere()) return;
  // an old one is there that no longer works
  await rename(place, `${made}.old`).catch(() => rm(place, removal));
  if (!(await isThere())) await rename(made, place);
}

/** What was interrupted more than a day ago: gigabytes that nobody comes back for. */
async function removeAbandoned(partial: string): Promise<void> {
  for (const name of await readdir(dirname(partial))) {
    if (!name.startsWith(basename(partial))) continue;
    const path = join(dirname(partial), name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > dayMs) await rm(path, removal);
  }
}
