import type { Check } from "../../check.js";
import { type PyTorchFile, pytorchCases } from "../../published/pytorch.js";
import { caseChecks } from "../case-check.js";

/** Every sequence that PyTorch computed, in both types. The values are loaded when they are asked for. */
export async function sequenceChecks(): Promise<readonly Check[]> {
  const modules = await Promise.all([
    import("../../generated/pytorch/batchnorm1d.js"),
    import("../../generated/pytorch/batchnorm2d.js"),
    import("../../generated/pytorch/batchnorm3d.js"),
  ]);
  return modules
    .flatMap((module) => pytorchCases(module.default as PyTorchFile))
    .flatMap((testCase) => caseChecks("sequences", `${testCase.options.kind} ${testCase.name}`, () => [testCase]));
}
