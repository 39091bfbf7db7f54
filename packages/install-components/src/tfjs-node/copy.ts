import { cp } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { askTensorflow } from "@batchnorm/optional-components/for-installers";
import { putInPlace, withOwnFolder } from "../own-folder.js";

/** What an installation makes. */
const made = ["lib", "deps"] as const;

/**
 * Has the addon of @tensorflow/tfjs-node made in a copy beside the package, where its dependencies are found as well, and
 * moves it over once the copy loads TensorFlow. In the package itself an interruption would leave halves, two at once would
 * disturb each other, and what writes to its files would change those in pnpm's store, which are the same.
 *
 * @param make makes it in the copy's folder
 * @returns why it failed
 */
export async function installInCopy(
  folder: string,
  make: (copy: string) => Promise<string | null>,
): Promise<string | null> {
  const hidden = join(dirname(folder), `.${basename(folder)}`); // package managers pass over such names
  return withOwnFolder(hidden, async (own) => {
    const copy = join(own, "package");
    await cp(folder, copy, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !isMade(relative(folder, path)),
    });
    const failure = await make(copy);
    if (failure !== null) return failure;
    const answer = await askTensorflow(copy);
    if ("failure" in answer) return `what it made does not load TensorFlow (${answer.failure})`;
    for (const name of made) {
      await putInPlace(join(copy, name), join(folder, name), async () => "version" in (await askTensorflow(folder)));
    }
    return null;
  });
}

function isMade(path: string): boolean {
  const [first = ""] = path.split(sep);
  return made.some((name) => name === first) || first.startsWith("build");
}
