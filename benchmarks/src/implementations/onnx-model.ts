import type { FloatArray } from "@batchnorm/core";
import protobuf from "protobufjs/light.js";

/** Batch normalization in inference, as ONNX has it. */
export interface OnnxBatchNorm {
  /** of x and y */
  readonly shape: readonly number[];
  readonly channelsLast: boolean;
  readonly relu: boolean;
  readonly eps: number;
  readonly weight: FloatArray;
  readonly bias: FloatArray;
  readonly mean: FloatArray;
  readonly variance: FloatArray;
}

const field = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ type, id, rule: "repeated" });

/** What a model of a few nodes needs of onnx.proto. */
const onnx = {
  ModelProto: { irVersion: field("int64", 1), graph: field("GraphProto", 7), opsetImport: repeated("Opset", 8) },
  Opset: { domain: field("string", 1), version: field("int64", 2) },
  GraphProto: {
    node: repeated("NodeProto", 1),
    name: field("string", 2),
    initializer: repeated("TensorProto", 5),
    input: repeated("ValueInfoProto", 11),
    output: repeated("ValueInfoProto", 12),
  },
  NodeProto: {
    input: repeated("string", 1),
    output: repeated("string", 2),
    opType: field("string", 4),
    attribute: repeated("AttributeProto", 5),
  },
  AttributeProto: {
    name: field("string", 1),
    f: field("float", 2),
    ints: repeated("int64", 8),
    type: field("int32", 20),
  },
  TensorProto: {
    dims: repeated("int64", 1),
    dataType: field("int32", 2),
    name: field("string", 8),
    rawData: field("bytes", 9),
  },
  ValueInfoProto: { name: field("string", 1), type: field("TypeProto", 2) },
  TypeProto: { tensorType: field("TensorType", 1) },
  TensorType: { elemType: field("int32", 1), shape: field("Shape", 2) },
  Shape: { dim: repeated("Dimension", 1) },
  Dimension: { dimValue: field("int64", 1) },
};

const modelType = protobuf.Root.fromJSON({
  nested: Object.fromEntries(Object.entries(onnx).map(([name, fields]) => [name, { fields }])),
}).lookupType("ModelProto");

/** ONNX's numbers for what is used here. */
const irVersion = 8;
const opset = 15;
const elementTypes = { float32: 1, float64: 11 } as const;
const attributeTypes = { float: 1, ints: 7 } as const;

/** A model with the input x and the output y, of the type of the parameters, as the bytes of an .onnx file. */
export function onnxModel({ shape, channelsLast, relu, eps, ...parameters }: OnnxBatchNorm): Uint8Array {
  const elemType = elementTypes[parameters.weight instanceof Float64Array ? "float64" : "float32"];
  const tensor = (name: string) => ({
    name,
    type: { tensorType: { elemType, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
  });
  const initializer = Object.entries(parameters).map(([name, { length, buffer, byteOffset, byteLength }]) => ({
    dims: [length],
    dataType: elemType,
    name,
    rawData: new Uint8Array(buffer, byteOffset, byteLength),
  }));
  const graph = { name: "batchnorm", node: nodes(shape.length, channelsLast, relu, eps), initializer };
  const model = {
    irVersion,
    opsetImport: [{ domain: "", version: opset }],
    graph: { ...graph, input: [tensor("x")], output: [tensor("y")] },
  };
  return modelType.encode(modelType.fromObject(model)).finish();
}

/** A chain from x to y. */
function nodes(rank: number, channelsLast: boolean, relu: boolean, eps: number) {
  const inner = Array.from({ length: rank - 2 }, (_, axis) => axis + 1);
  const transpose = (ints: number[]) => ({
    opType: "Transpose",
    attribute: [{ name: "perm", ints, type: attributeTypes.ints }],
  });
  const normalize = {
    opType: "BatchNormalization",
    attribute: [{ name: "epsilon", f: eps, type: attributeTypes.float }],
    parameters: ["weight", "bias", "mean", "variance"],
  };
  const chain: { opType: string; attribute?: object[]; parameters?: string[] }[] = [
    ...(channelsLast ? [transpose([0, rank - 1, ...inner])] : []),
    normalize,
    ...(relu ? [{ opType: "Relu" }] : []),
    ...(channelsLast ? [transpose([0, ...inner.map((axis) => axis + 1), 1])] : []),
  ];
  return chain.map(({ parameters = [], ...node }, i) => ({
    ...node,
    input: [i === 0 ? "x" : `t${i}`, ...parameters],
    output: [i === chain.length - 1 ? "y" : `t${i + 1}`],
  }));
}
