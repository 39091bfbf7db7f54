/** What went wrong, for programs; the message says it for people. */
export type ErrorCode =
  /** A shape holds something other than non-negative integers, or two shapes differ that must not. */
  | "ERR_SHAPE"
  /** A tensor has a number of dimensions that the layer does not take. */
  | "ERR_RANK"
  /** The channel dimension differs from the layer's number of features. */
  | "ERR_CHANNELS"
  /** The number of values differs from the product of the shape. */
  | "ERR_LENGTH"
  /** Batch statistics of a single value per channel. */
  | "ERR_ONE_VALUE_PER_CHANNEL"
  /** Values or tensors of a type that is not a supported float type. */
  | "ERR_DTYPE"
  /** An option out of range or of the wrong kind. */
  | "ERR_OPTION"
  /** A tensor that was disposed. */
  | "ERR_DISPOSED"
  /** A tensor, state or moments that another backend made. */
  | "ERR_FOREIGN_TENSOR"
  /** A write to a tensor that is not a state, or an output that aliases an input. */
  | "ERR_ALIAS"
  /** Backward before any forward, or on a call that was disposed. */
  | "ERR_NO_FORWARD"
  /** A state dictionary that does not fit the layer. */
  | "ERR_STATE_DICT"
  /** More memory than a backend may have. */
  | "ERR_OUT_OF_MEMORY"
  /** A thread that did not start, or died in the middle of an operation. */
  | "ERR_THREAD"
  /** A backend that was closed. */
  | "ERR_CLOSED"
  /** What a backend needs of the engine that runs it is not there. */
  | "ERR_UNSUPPORTED";

/** The base of every error that batchnorm throws. */
export class BatchNormError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
    this.name = new.target.name;
  }
}

/** A shape, rank, channel count or length that does not fit. */
export class ShapeError extends BatchNormError {
  constructor(
    code: "ERR_SHAPE" | "ERR_RANK" | "ERR_CHANNELS" | "ERR_LENGTH" | "ERR_ONE_VALUE_PER_CHANNEL",
    message: string,
  ) {
    super(code, message);
  }
}

/** Values of a type that batch normalization does not take. */
export class DTypeError extends BatchNormError {
  constructor(message: string) {
    super("ERR_DTYPE", message);
  }
}

/** An option out of range or of the wrong kind. */
export class OptionError extends BatchNormError {
  constructor(message: string) {
    super("ERR_OPTION", message);
  }
}

/** A tensor that cannot be used here: disposed, of another backend, or aliased. */
export class TensorError extends BatchNormError {
  constructor(code: "ERR_DISPOSED" | "ERR_FOREIGN_TENSOR" | "ERR_ALIAS", message: string) {
    super(code, message);
  }
}

/** A call out of order. */
export class CallError extends BatchNormError {
  constructor(message: string) {
    super("ERR_NO_FORWARD", message);
  }
}

/** What a backend runs on is used up, gone, or was never there. */
export class ResourceError extends BatchNormError {
  constructor(code: "ERR_OUT_OF_MEMORY" | "ERR_THREAD" | "ERR_CLOSED" | "ERR_UNSUPPORTED", message: string) {
    super(code, message);
  }
}

/** A state dictionary that does not fit the layer; every offending key is named at once. */
export class StateDictError extends BatchNormError {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  /** The keys with another number of values than the layer has. */
  readonly misshaped: readonly string[];
  /** The keys with values that the layer cannot hold. */
  readonly invalid: readonly string[];

  constructor(
    message: string,
    keys: Readonly<Record<"missing" | "unexpected" | "misshaped" | "invalid", readonly string[]>>,
  ) {
    super("ERR_STATE_DICT", message);
    this.missing = keys.missing;
    this.unexpected = keys.unexpected;
    this.misshaped = keys.misshaped;
    this.invalid = keys.invalid;
  }
}

/** A value as it should stand in an error message: short, and with its type where that is the point. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  switch (typeof value) {
    case "string":
      return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
    case "number":
    case "boolean":
      return String(value);
    case "bigint":
      return `the bigint ${value}n`;
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    default:
      return describeObject(value);
  }
}

function describeObject(value: object): string {
  const name = value.constructor?.name || "Object";
  const article = /^([AEIO]|U(?!int))/.test(name) ? "an" : "a";
  const length = (value as { length?: unknown }).length;
  return typeof length === "number" ? `${article} ${name} of length ${length}` : `${article} ${name}`;
}

/** What a message adds where a promise came. */
export function awaitHint(value: unknown): string {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function" ? "; await it first" : "";
}

/** `[32, 64, 7, 7]` */
export function describeShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
