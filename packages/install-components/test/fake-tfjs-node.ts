import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { answerMs, pythonOnPath, runProcess } from "@batchnorm/optional-components/for-installers";
import { writeExecutable } from "@batchnorm/testing/executable";
import { temporaryFolder } from "@batchnorm/testing/folder";
import { vi } from "vitest";
import type { TensorflowWheel } from "../src/tfjs-node/tensorflow-wheel.js";

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const noNetwork = `console.log("* Downloading libtensorflow"); console.error("Error: getaddrinfo ENOTFOUND");`;

/** What the package's own installer does where it reaches the network. */
export const installs = `const fs = require("fs");
for (const folder of ["deps/lib", "lib/napi-v8"]) fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync("deps/lib/libtensorflow.so", "2.9.1");
fs.writeFileSync("lib/napi-v8/tfjs_binding.node", "");
fs.writeFileSync("package.json", fs.readFileSync("package.json", "utf8").replace("4.22.0", "4.22.0-written"));`;

/**
 * A package as @tensorflow/tfjs-node is laid out, with the node-pre-gyp that it depends on. It tells the version of
 * TensorFlow that is written in its library, where it has an addon; node-pre-gyp makes one where the headers are.
 */
export function fakePackage(installer = noNetwork): string {
  const modules = join(temporaryFolder(), "node_modules");
  const folder = join(modules, "@tensorflow", "tfjs-node");
  const preGyp = join(modules, "@mapbox", "node-pre-gyp");
  write(join(folder, "package.json"), `{ "name": "@tensorflow/tfjs-node", "version": "4.22.0", "main": "index.js" }`);
  write(
    join(folder, "index.js"),
    `const { readFileSync } = require("fs");
const TF_Version = readFileSync(__dirname + "/deps/lib/libtensorflow.so", "utf8").trim();
exports.backend = () => ({ binding: { TF_Version } });`,
  );
  write(join(folder, "scripts", "install.js"), installer);
  write(join(preGyp, "package.json"), `{ "name": "@mapbox/node-pre-gyp", "version": "1.0.9" }`);
  write(
    join(preGyp, "bin", "node-pre-gyp"),
    `const fs = require("fs");
if (process.argv.slice(2).join(" ") !== "install --build-from-source") throw new Error("asked otherwise");
for (const header of ["tensorflow/c/c_api.h", "tensorflow/core/platform/x.h", "tsl/platform/y.h"]) fs.readFileSync("deps/include/" + header);
fs.mkdirSync("lib/napi-v8", { recursive: true });
fs.writeFileSync("lib/napi-v8/tfjs_binding.node", "");`,
  );
  return folder;
}

/** The Python of this machine, behind all wrappers; undefined where there is none. */
export async function realPython(): Promise<string | undefined> {
  const found = pythonOnPath(process.env, process.platform);
  if (found === undefined) return undefined;
  const ended = await runProcess(found, ["-c", "import sys; print(sys.executable)"], { timeoutMs: answerMs });
  return ended.code === 0 ? ended.stdout.trim() : undefined;
}

/** A wheel with the files of TensorFlow's that are needed, and one that is not. */
async function fakeWheel(python: string): Promise<{ path: string; wheel: TensorflowWheel }> {
  const path = join(temporaryFolder(), "tensorflow_cpu-2.15.1-cp311-cp311-manylinux2014_x86_64.whl");
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tensorflow/libtensorflow_cc.so.2", "2.15.1\\n")
    wheel.writestr("tensorflow/libtensorflow_framework.so.2", "framework")
    for header in ("tensorflow/c/c_api.h", "tensorflow/core/platform/x.h", "tsl/platform/y.h", "absl/z.h"):
        wheel.writestr("tensorflow/include/" + header, "")
`;
  await runProcess(python, ["-c", script, path], { timeoutMs: answerMs });
  const bytes = readFileSync(path);
  const wheel = {
    version: "2.15.1",
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    libraries: { "libtensorflow_cc.so.2": 7, "libtensorflow_framework.so.2": 9 },
  };
  return { path, wheel };
}

/**
 * A machine with a user's cache of its own, the package, and on PATH the tools and a Python whose pip downloads a wheel
 * into `$to` and is this machine's Python in all else.
 *
 * @param pip what pip does; `$wheel` is the wheel's path
 */
export async function machineWithPip(python: string, pip = 'mkdir -p "$to" && cp "$wheel" "$to"') {
  const [cache, path, folder] = [temporaryFolder(), temporaryFolder(), fakePackage()];
  const { path: wheelPath, wheel } = await fakeWheel(python);
  const asked = join(path, "asked");
  writeExecutable(
    join(path, "python3"),
    `[ "$1 $2" = "-m pip" ] || exec "${python}" "$@"
[ "$3" = "--version" ] && exit 0
echo "$*" >> "${asked}"
while [ $# -gt 1 ]; do [ "$1" = "--dest" ] && to=$2; shift; done
wheel="${wheelPath}"
${pip}`,
  );
  for (const tool of ["g++", "make"]) writeExecutable(join(path, tool), "exit 0");
  writeExecutable(join(path, "apt-get"), "echo 'E: Unable to fetch some archives' >&2; exit 100");
  const env = { XDG_CACHE_HOME: cache, PATH: `${path}:/bin`, BATCHNORM_TFJS_NODE: folder };
  vi.stubEnv("BATCHNORM_PYTHON", undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  /** What pip was asked for, each time. */
  const downloads = () => (existsSync(asked) ? readFileSync(asked, "utf8").trim().split("\n") : []);
  return { cache: join(cache, "batchnorm"), path, folder, wheel, downloads, env };
}
