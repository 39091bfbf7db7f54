/**
 * What installers and tests share with the probe of a component: where that looks, what it asks, how programs are run. May
 * change in any version.
 *
 * @module
 */
export { askEngine } from "./ask-engine.js";
export { askTensorflow } from "./ask-tensorflow.js";
export { askTorch } from "./ask-torch.js";
export { type EnginePackage, engineFolder, engineIn, enginePackages } from "./engine-packages.js";
export type { Answer } from "./find-executable.js";
export { pythonCandidates, pythonOf, pythonOnPath, pytorchFolder, torchVersion } from "./pytorch-candidates.js";
export { answerMs, type Ended, type RunOptions, runProcess, type StopSignal, whyItFailed } from "./run-process.js";
export { tfjsNodeFolders, whyNoFolder } from "./tfjs-node-folders.js";
export { type Display, startXvfb } from "./xvfb.js";
