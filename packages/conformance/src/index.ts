export { type Against, boundOf, type Judged, type Operation, operations } from "./bounds.js";
export type { Case, CaseOptions, DataClass, ExpectedPass, ExpectedState, Mode, Pass, Step } from "./case.js";
export { follow, fullOptions, layerOf } from "./follow.js";
export { type Observation, observe } from "./observation.js";
export { type PyTorchCase, type PyTorchFile, pytorchCases } from "./pytorch.js";
export { type FullOptions, type ReferencePass, referencePass } from "./reference.js";
