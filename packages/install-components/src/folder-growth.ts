import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

const everyMs = 1000;

/** The bytes in a folder and all folders below it. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      lstat(join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0, // it was moved meanwhile
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Tells every second how many bytes have come into a folder since something began to run.
 *
 * @param tell gets the bytes, and the milliseconds since the last of them came
 */
export async function whileWatching<T>(
  folder: string,
  tell: (bytes: number, stillMs: number) => void,
  run: () => Promise<T>,
): Promise<T> {
  const before = await sizeOf(folder);
  let most = 0;
  let grown = performance.now();
  let [looking, over] = [false, false];
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    const bytes = (await sizeOf(folder)) - before;
    looking = false;
    if (over) return;
    if (bytes > most) {
      most = bytes;
      grown = performance.now();
    }
    tell(most, performance.now() - grown);
  }, everyMs);
  try {
    return await run();
  } finally {
    over = true;
    clearInterval(timer);
  }
}

/** Bytes in megabytes, for people. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
