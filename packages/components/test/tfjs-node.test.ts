import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { components, tfjsNode } from "../src/index.js";
import { loadTfjsNode } from "../src/load-tfjs-node.js";
import { tensorflowWheel } from "../src/tensorflow-wheel.js";
import { tfjsNodeFolders } from "../src/tfjs-node-folders.js";
import { provisionTfjsNode } from "../src/tfjs-node-provision.js";
import { describeWith } from "../src/vitest.js";
import { writeExecutable } from "./executable.js";
import { fakePackage, installs, machineWithPip, realPython } from "./fake-tfjs-node.js";

/** Puts an addon and a library where an installation has them. */
function withAddon(folder: string, version: string): string {
  for (const name of ["deps/lib", "lib/napi-v8"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "lib/napi-v8/tfjs_binding.node"), "");
  if (version !== "") writeFileSync(join(folder, "deps/lib/libtensorflow.so"), version);
  return folder;
}

describe("finding TensorFlow.js for Node", () => {
  it("tells the version of the TensorFlow that it loads, and the package's folder", async () => {
    const path = withAddon(fakePackage(), "2.15.1");
    vi.stubEnv("BATCHNORM_TFJS_NODE", path);
    expect(await tfjsNode.probe()).toEqual({ present: true, version: "2.15.1", path });
  });

  it("is absent, and names the command, where the addon is missing", async () => {
    const path = fakePackage();
    vi.stubEnv("BATCHNORM_TFJS_NODE", path);
    expect(await tfjsNode.probe()).toEqual({
      present: false,
      reason: `${path} does not load TensorFlow (its addon is missing)`,
      remedy: "run `npm run setup -- tfjs-node` (207 MB)",
    });
  });

  it("is absent, and says why, where the addon does not load", async () => {
    const path = withAddon(fakePackage(), "");
    vi.stubEnv("BATCHNORM_TFJS_NODE", path);
    expect(await tfjsNode.probe()).toMatchObject({
      present: false,
      reason: expect.stringMatching(/does not load TensorFlow \(exit code 1: Error: ENOENT.*libtensorflow\.so'\)$/),
      remedy: expect.stringContaining("npm run setup -- tfjs-node"),
    });
  });

  it("is absent, and names the variable, where BATCHNORM_TFJS_NODE names no package", async () => {
    vi.stubEnv("BATCHNORM_TFJS_NODE", "/nowhere/tfjs-node");
    expect(await tfjsNode.probe()).toEqual({
      present: false,
      reason: "BATCHNORM_TFJS_NODE is /nowhere/tfjs-node, where there is no package",
      remedy: "set it to the folder of @tensorflow/tfjs-node, or unset it",
    });
    await expect(tfjsNode.provision?.(() => {})).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: expect.stringContaining("/nowhere/tfjs-node"),
    });
  });

  it("looks from its own place and from the current folder", () => {
    const folder = fakePackage();
    expect(tfjsNodeFolders({}, dirname(dirname(dirname(folder))))).toContain(folder);
    expect(tfjsNodeFolders({}, "/").at(0)).toMatch(/@tensorflow\/tfjs-node$/);
    expect(tfjsNodeFolders({ BATCHNORM_TFJS_NODE: folder }, "/")).toEqual([folder]);
  });

  it("is among the known components", () => {
    expect(components()).toContain(tfjsNode);
  });
});

const python = await realPython();
const hasWheel = process.platform === "linux" && process.arch === "x64" && python !== undefined;

describe.skipIf(!hasWheel)("installing TensorFlow.js for Node", () => {
  const machine = (pip?: string) => machineWithPip(python ?? "", pip);
  const install = async (wheel = tensorflowWheel) => {
    const lines: string[] = [];
    await provisionTfjsNode((line) => lines.push(line), wheel);
    return lines;
  };
  /** What lies beside and in the package. */
  const around = (folder: string) => [readdirSync(dirname(folder)), readdirSync(folder).sort()];
  const untouched = [["tfjs-node"], ["index.js", "package.json", "scripts"]];

  it("runs the package's own installer first, on a copy, so that no file of the package is written", async () => {
    const { downloads } = await machine();
    const folder = fakePackage(installs);
    vi.stubEnv("BATCHNORM_TFJS_NODE", folder);
    expect(await install()).toEqual(["tfjs-node: running the package's own installer, which downloads libtensorflow"]);
    expect(await tfjsNode.probe()).toMatchObject({ present: true, version: "2.9.1" });
    expect(readFileSync(join(folder, "package.json"), "utf8")).not.toContain("written");
    expect(around(folder)).toEqual([["tfjs-node"], ["deps", "index.js", "lib", "package.json", "scripts"]]);
    expect(downloads()).toEqual([]);
  });

  it("takes the library out of Python's wheel where that fails, and keeps it in the user's cache", async () => {
    const { cache, folder, wheel, downloads } = await machine();
    const kept = join(cache, "tensorflow-cpu-2.15.1");
    const lines = await install(wheel);
    expect(lines.filter((line) => !line.endsWith("%)"))).toEqual([
      "tfjs-node: running the package's own installer, which downloads libtensorflow",
      "tfjs-node: the package's own installer: exit code 0: Error: getaddrinfo ENOTFOUND",
      `tfjs-node: downloading TensorFlow 2.15.1 into ${kept} (pip download tensorflow-cpu==2.15.1)`,
      "tfjs-node: unpacking it",
      `tfjs-node: building the addon in ${folder} (node-pre-gyp install --build-from-source)`,
    ]);
    expect(await tfjsNode.probe()).toEqual({ present: true, version: "2.15.1", path: folder });
    expect(readdirSync(cache)).toEqual(["tensorflow-cpu-2.15.1"]);
    expect(readdirSync(join(kept, "include")).sort()).toEqual(["tensorflow", "tsl"]);
    expect(readlinkSync(join(folder, "deps"))).toBe(kept);
    expect(readdirSync(dirname(folder))).toEqual(["tfjs-node"]);
    expect(downloads()).toHaveLength(1);
    expect(downloads()[0]).toMatch(/ download --no-deps .*--platform manylinux2014_x86_64 .*tensorflow-cpu==2\.15\.1$/);
  });

  it("downloads nothing where the library is kept", async () => {
    const { wheel, downloads } = await machine();
    await install(wheel);
    const another = fakePackage(installs);
    vi.stubEnv("BATCHNORM_TFJS_NODE", another);
    const lines = await install(wheel);
    expect(lines).toEqual([
      expect.stringMatching(/^tfjs-node: TensorFlow 2\.15\.1 is in .* already$/),
      `tfjs-node: building the addon in ${another} (node-pre-gyp install --build-from-source)`,
    ]);
    expect(await tfjsNode.probe()).toMatchObject({ present: true, version: "2.15.1" });
    expect(downloads()).toHaveLength(1);
  });

  it("downloads it again where what is kept is not whole, and where it is gone", async () => {
    const { cache, wheel, downloads } = await machine();
    await install(wheel);
    writeFileSync(join(cache, "tensorflow-cpu-2.15.1", "lib", "libtensorflow_cc.so.2"), "2.1");
    await install(wheel);
    rmSync(join(cache, "tensorflow-cpu-2.15.1", "include"), { recursive: true });
    await install(wheel);
    rmSync(cache, { recursive: true });
    expect(await tfjsNode.probe()).toMatchObject({ present: false });
    await install(wheel);
    expect(await tfjsNode.probe()).toMatchObject({ present: true, version: "2.15.1" });
    expect(downloads()).toHaveLength(4);
  });

  it("refuses a wheel with another hash, and leaves nothing", async () => {
    const { cache, folder, wheel } = await machine(
      'mkdir -p "$to" && cp "$wheel" "$to" && echo >> "$to/$(basename "$wheel")"',
    );
    await expect(install(wheel)).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: expect.stringMatching(
        /^tfjs-node could not be installed: .*ENOTFOUND; tensorflow_cpu-2\.15\.1-\S+ is not the one .* SHA-256 is [\da-f]{64}, not [\da-f]{64}$/,
      ),
    });
    expect(readdirSync(cache)).toEqual([]);
    expect(around(folder)).toEqual(untouched);
  });

  it("leaves nothing where the download fails, and says why", async () => {
    const { cache, folder, wheel } = await machine("echo 'ERROR: No space left on device' >&2; exit 1");
    await expect(install(wheel)).rejects.toThrow(
      /; pip download tensorflow-cpu==2\.15\.1: exit code 1: ERROR: No space left on device$/,
    );
    expect(readdirSync(cache)).toEqual([]);
    expect(around(folder)).toEqual(untouched);
  });

  it("leaves the package as it was where the addon cannot be built, and keeps the library", async () => {
    const { cache, folder, wheel } = await machine();
    const program = join(dirname(dirname(folder)), "@mapbox", "node-pre-gyp", "bin", "node-pre-gyp");
    writeFileSync(program, "console.error('fatal error: no such header'); process.exit(1)");
    await expect(install(wheel)).rejects.toThrow(/; building the addon: .*: exit code 1: fatal error: no such header$/);
    expect(readdirSync(cache)).toEqual(["tensorflow-cpu-2.15.1"]);
    expect(around(folder)).toEqual(untouched);
  });

  it("downloads nothing where the addon cannot be built for want of a tool", async () => {
    const { path, wheel, downloads } = await machine();
    writeExecutable(join(path, "g++"), "exit 127");
    await expect(install(wheel)).rejects.toThrow(/of these g\+\+ are missing.*apt-get install g\+\+/);
    expect(downloads()).toEqual([]);
  });

  it("says so where the user's cache cannot be written", async () => {
    const { cache, wheel } = await machine();
    writeFileSync(cache, "");
    await expect(install(wheel)).rejects.toMatchObject({
      code: "ERR_COMPONENT_PROVISION",
      message: expect.stringMatching(/(ENOTDIR|EEXIST): .*batchnorm/),
    });
  });

  it("works for two at once", async () => {
    const { cache, folder, wheel } = await machine('sleep 0.3; mkdir -p "$to" && cp "$wheel" "$to"');
    await Promise.all([install(wheel), install(wheel)]);
    expect(await tfjsNode.probe()).toMatchObject({ present: true, version: "2.15.1" });
    expect(readdirSync(cache)).toEqual(["tensorflow-cpu-2.15.1"]);
    expect(readdirSync(dirname(folder))).toEqual(["tfjs-node"]);
    expect(existsSync(join(folder, "deps", "include", "tsl"))).toBe(true);
  });
});

type Tfjs = typeof import("@tensorflow/tfjs-node");
type NodeBackend = import("@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js").NodeJSKernelBackend;

await describeWith(tfjsNode, "the TensorFlow of this machine", (use) => {
  it("normalizes a batch in a fused kernel", () => {
    const tf = loadTfjsNode(use().path ?? "") as Tfjs;
    const backend = tf.backend() as NodeBackend;
    const { binding } = backend;
    const attributes = [
      { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: "U", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: "epsilon", type: binding.TF_ATTR_FLOAT, value: 4 },
      { name: "data_format", type: binding.TF_ATTR_STRING, value: "NHWC" },
      { name: "is_training", type: binding.TF_ATTR_BOOL, value: true },
    ];
    // of the channels 1, 3, 5, 7 and 10, 10, 18, 18: the means are 4 and 14, the biased variances 5 and 16
    const x = tf.tensor([1, 10, 3, 10, 5, 18, 7, 18], [1, 2, 2, 2]);
    const [scale, offset, none] = [tf.tensor([3, Math.sqrt(5)]), tf.tensor([0, 1]), tf.tensor([])];
    const [y, mean, variance] = backend
      .executeMultipleOutputs("FusedBatchNormV3", attributes, [x, scale, offset, none, none], 6)
      .map((tensor) => [...tensor.dataSync()]);
    const close = (values: number[]) => values.map((value) => expect.closeTo(value, 5));
    // divided by sqrt(5 + 4) and sqrt(16 + 4)
    expect(y).toEqual(close([-3, -1, -1, -1, 1, 3, 3, 3]));
    expect(mean).toEqual(close([4, 14]));
    expect(variance).toEqual(close([20 / 3, 64 / 3])); // unbiased
  });
});
