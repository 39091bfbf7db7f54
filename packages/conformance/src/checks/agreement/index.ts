import type { Check } from "../../check.js";
import { type PyTorchFile, pytorchCases } from "../../published/pytorch.js";
import { caseChecks } from "../case-check.js";
import { calls } from "./calls.js";
import { finiteDifferenceChecks } from "./finite-differences.js";
import { normalized, standard } from "./normalized.js";
import { propertyChecks } from "./property.js";
import { splits } from "./splits.js";
import { transforms } from "./transforms.js";

/** The checks of the requirements on agreement. */
export async function agreementChecks(): Promise<readonly Check[]> {
  return [
    ...transforms.flatMap((property) => propertyChecks(property)),
    ...propertyChecks(standard, { dtypes: ["float32"] }),
    ...normalized.flatMap((property) => propertyChecks(property)),
    ...propertyChecks(splits),
    ...propertyChecks(calls),
    ...finiteDifferenceChecks(),
    ...(await sequenceChecks()),
  ];
}

/** Every sequence that PyTorch computed, in both types. The values are loaded when they are asked for. */
async function sequenceChecks(): Promise<readonly Check[]> {
  const modules = await Promise.all([
    import("../../generated/pytorch/batchnorm1d.js"),
    import("../../generated/pytorch/batchnorm2d.js"),
    import("../../generated/pytorch/batchnorm3d.js"),
  ]);
  return modules
    .flatMap((module) => pytorchCases(module.default as PyTorchFile))
    .flatMap((testCase) => caseChecks("sequences", `${testCase.options.kind} ${testCase.name}`, () => [testCase]));
}
