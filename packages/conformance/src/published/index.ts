/** The literal cases of other projects' test suites: fixtures/published, with the source and the licence of each. */
import type { Check } from "../check.js";
import { externalChecks } from "./external-checks.js";
import type { ExternalFile, ExternalShapes } from "./external-file.js";

export { externalChecks } from "./external-checks.js";
export type { ExternalCase, ExternalFile, ExternalShapes } from "./external-file.js";

const files: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
  burn: () => import("../generated/published/burn.js"),
  candle: () => import("../generated/published/candle.js"),
  "misc-literals": () => import("../generated/published/misc-literals.js"),
  mlx: () => import("../generated/published/mlx.js"),
  "onednn-shapes": () => import("../generated/published/onednn-shapes.js"),
  "onnx-node": () => import("../generated/published/onnx-node.js"),
  "onnx-pytorch-converted": () => import("../generated/published/onnx-pytorch-converted.js"),
  "pytorch-literals": () => import("../generated/published/pytorch-literals.js"),
  "tfjs-core": () => import("../generated/published/tfjs-core.js"),
  "tfjs-layers": () => import("../generated/published/tfjs-layers.js"),
  "webnn-baseline": () => import("../generated/published/webnn-baseline.js"),
};

/** The files, by name. */
export async function publishedFiles(): Promise<Readonly<Record<string, ExternalFile | ExternalShapes>>> {
  const loaded = Object.entries(files).map(async ([name, load]) => [name, (await load()).default] as const);
  return Object.fromEntries(await Promise.all(loaded)) as Record<string, ExternalFile | ExternalShapes>;
}

/** A check for each case, in its suite's own tolerance, type and convention; not among `allChecks()`. */
export async function publishedChecks(): Promise<readonly Check[]> {
  return externalChecks(Object.values(await publishedFiles()));
}
