import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tfjsNode } from "@batchnorm/optional-components";
import { writeExecutable } from "@batchnorm/testing/executable";
import { describe, expect, it, vi } from "vitest";
import { installTfjsNode } from "../src/tfjs-node/install.js";
import { tensorflowWheel } from "../src/tfjs-node/tensorflow-wheel.js";
import { fakePackage, installs, machineWithPip, realPython } from "./fake-tfjs-node.js";

it("is refused, with the variable's name, where BATCHNORM_TFJS_NODE names no package", async () => {
  vi.stubEnv("BATCHNORM_TFJS_NODE", "/nowhere/tfjs-node");
  await expect(installTfjsNode(() => {})).rejects.toMatchObject({
    code: "ERR_COMPONENT_PROVISION",
    message: expect.stringMatching(/BATCHNORM_TFJS_NODE is \/nowhere\/tfjs-node/),
  });
});

const python = await realPython();
const hasWheel = process.platform === "linux" && process.arch === "x64" && python !== undefined;

describe.skipIf(!hasWheel)("installing TensorFlow.js for Node", () => {
  const machine = (pip?: string) => machineWithPip(python ?? "", pip);
  const install = async (wheel = tensorflowWheel) => {
    const lines: string[] = [];
    await installTfjsNode((line) => lines.push(line), wheel);
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
