import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, readdir, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { userCache } from "@batchnorm/optional-components";
import { runProcess, whyItFailed } from "@batchnorm/optional-components/for-installers";
import { megabytes, whileWatching } from "../folder-growth.js";
import { putInPlace, withOwnFolder } from "../own-folder.js";
import { ensurePip } from "./build-tools.js";
import { libraryLinks, requirement, type TensorflowWheel, wheelTags } from "./tensorflow-wheel.js";

const downloadMs = 60 * 60_000;
const unpackMs = 10 * 60_000;

/** Lays `lib` and `include` out as the addon's build expects them. */
const unpack = `
import os, shutil, sys, zipfile
wheel, to, *libraries = sys.argv[1:]
headers = tuple("tensorflow/include/" + folder + "/" for folder in ("tensorflow/c", "tensorflow/core/platform", "tsl"))
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(to, [name for name in archive.namelist() if name.startswith(headers)])
    shutil.move(os.path.join(to, "tensorflow", "include"), to)
    os.rmdir(os.path.join(to, "tensorflow"))
    for name in libraries:
        with archive.open("tensorflow/" + name) as packed, open(os.path.join(to, "lib", name), "wb") as unpacked:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
`;

/** Where TensorFlow's library and headers are kept. */
export function libraryFolder(
  wheel: TensorflowWheel,
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return join(userCache(env, platform), "batchnorm", `tensorflow-cpu-${wheel.version}`);
}

/** A header that the addon's build reads first, and the link that it is linked with. */
const built = [join("include", "tensorflow", "c", "c_api.h"), join("lib", "libtensorflow.so")];

/** Whether a library is kept and whole, headers included: it was put there only after its wheel was verified. */
export async function isKept(wheel: TensorflowWheel): Promise<boolean> {
  const folder = libraryFolder(wheel);
  if (!built.every((path) => existsSync(join(folder, path)))) return false;
  const sizes = await Promise.all(
    Object.entries(wheel.libraries).map(async ([name, bytes]) => {
      const found = await stat(join(folder, "lib", name)).catch(() => undefined);
      return found?.size === bytes;
    }),
  );
  return sizes.every((whole) => whole);
}

/**
 * Fetches TensorFlow's library and headers out of a wheel of Python's TensorFlow, unless they are kept already.
 *
 * @returns why it failed
 */
export async function fetchLibrary(wheel: TensorflowWheel, say: (line: string) => void): Promise<string | null> {
  const folder = libraryFolder(wheel);
  if (await isKept(wheel)) {
    say(`TensorFlow ${wheel.version} is in ${folder} already`);
    return null;
  }
  const pip = await ensurePip(say);
  if ("failure" in pip) return pip.failure;
  return withOwnFolder(folder, async (own) => {
    say(`downloading TensorFlow ${wheel.version} into ${folder} (pip download ${requirement(wheel)})`);
    const path = await download(wheel, pip.python, own, say);
    if ("failure" in path) return path.failure;
    say("unpacking it");
    const library = join(own, "library");
    await mkdir(join(library, "lib"), { recursive: true });
    const args = ["-c", unpack, path.file, library, ...Object.keys(wheel.libraries)];
    const unpacked = await runProcess(pip.python, args, { timeoutMs: unpackMs });
    if (unpacked.code !== 0) return `unpacking ${requirement(wheel)}: ${whyItFailed(unpacked)}`;
    for (const [name, target] of Object.entries(libraryLinks)) await symlink(target, join(library, "lib", name));
    await putInPlace(library, folder, () => isKept(wheel));
    return null;
  });
}

/** @returns the wheel's path once it has the expected hash, or why not */
async function download(
  wheel: TensorflowWheel,
  python: string,
  own: string,
  say: (line: string) => void,
): Promise<{ file: string } | { failure: string }> {
  const [to, temporary] = [join(own, "wheel"), join(own, "temporary")];
  await mkdir(temporary);
  const pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--no-deps", "--no-cache-dir"];
  const ended = await whileWatching(own, tellByTenths(wheel.bytes, say), () =>
    runProcess(python, [...pip, ...wheelTags, "--dest", to, requirement(wheel)], {
      timeoutMs: downloadMs,
      env: { TMPDIR: temporary }, // where pip lets it grow
    }),
  );
  if (ended.code !== 0) return { failure: `pip download ${requirement(wheel)}: ${whyItFailed(ended)}` };
  const [name = "no file"] = await readdir(to);
  const file = join(to, name);
  const sha256 = await hashOf(file);
  if (sha256 === wheel.sha256) return { file };
  return { failure: `${name} is not the one that was expected: its SHA-256 is ${sha256}, not ${wheel.sha256}` };
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Tells at every tenth how much of a number of bytes has come. */
function tellByTenths(total: number, say: (line: string) => void): (bytes: number) => void {
  let told = 0;
  return (bytes) => {
    const tenths = Math.min(10, Math.floor((10 * bytes) / total));
    if (tenths <= told) return;
    told = tenths;
    say(`${megabytes(bytes)} of ${megabytes(total)} (${10 * tenths} %)`);
  };
}
