/// <reference lib="esnext.disposable" preserve="true" />
/** What users of batchnorm need; see the other faces in README.md. */
export * from "./backend.js";
export type { DType, FloatArray, Values } from "./dtype.js";
export {
  BatchNormError,
  CallError,
  DTypeError,
  type ErrorCode,
  OptionError,
  ResourceError,
  ShapeError,
  StateDictError,
  TensorError,
} from "./errors.js";
export { type Activation, defaultEps, defaultMomentum } from "./options.js";
export { channelAxis, type Layout, sizeOf, type View, valuesPerChannel, view } from "./view.js";
