import { type ErrorCode, type GradientSums, type Moments, sizeOf, type Tensor } from "@batchnorm/core";
import type { Bench } from "../bench.js";
import type { Inputs, Operation, Role } from "./operations.js";

/** What an operation must refuse in a role, and how. */
export interface Unusable {
  readonly what: string;
  readonly thing: unknown;
  readonly codes: readonly ErrorCode[];
}

/** The kind of thing that an operation takes in a role. */
export function kindOf(role: Role): "tensor" | "moments" | "sums" {
  if (role === "moments" || role === "moreMoments") return "moments";
  return role === "sums" || role === "moreSums" ? "sums" : "tensor";
}

/** What is disposed, another backend's or of another kind. */
export async function unusable(
  bench: Bench,
  operation: Operation,
  inputs: Inputs,
  role: Role,
): Promise<readonly Unusable[]> {
  const kind = kindOf(role);
  if (kind === "tensor") {
    const unfit = unusableTensors(bench, inputs[role] as Tensor, operation.writes.includes(role));
    const none: Unusable = { what: "null", thing: null, codes: ["ERR_FOREIGN_TENSOR"] };
    return role === "weight" || role === "bias" ? unfit : [...unfit, none];
  }
  const { backend } = bench;
  const own = kind === "moments" ? await inputs.moments.export() : await inputs.sums.export();
  const load = (values: Float64Array) =>
    kind === "moments" ? backend.importMoments(values) : backend.importGradientSums(values);
  const gone = load(own);
  gone.dispose();
  const disposed: Unusable = { what: `disposed ${kind}`, thing: gone, codes: ["ERR_DISPOSED"] };
  if (operation.takes.length === 1) return [disposed]; // to export is a method of their own
  const foreign: Moments | GradientSums = { count: 4, export: async () => own, dispose: () => {} };
  return [
    disposed,
    { what: `${kind} of another backend`, thing: foreign, codes: ["ERR_FOREIGN_TENSOR"] },
    { what: "a tensor", thing: inputs.x, codes: ["ERR_FOREIGN_TENSOR"] },
    {
      what: kind === "moments" ? "gradient sums" : "moments",
      thing: kind === "moments" ? inputs.sums : inputs.moments,
      codes: ["ERR_FOREIGN_TENSOR"],
    },
  ];
}

function unusableTensors({ backend, dtype }: Bench, like: Tensor, isWritten: boolean): readonly Unusable[] {
  const { shape } = like;
  const values = new Float32Array(sizeOf(shape)).fill(1);
  const gone = isWritten ? backend.state(values, shape, dtype) : backend.tensor(values, shape, dtype);
  gone.dispose();
  const foreign: Tensor = { shape, dtype, data: async () => values.slice(), dispose: () => {} };
  return [
    { what: "a disposed tensor", thing: gone, codes: ["ERR_DISPOSED"] },
    { what: "a tensor of another backend", thing: foreign, codes: ["ERR_FOREIGN_TENSOR"] },
    { what: "an array", thing: values, codes: ["ERR_FOREIGN_TENSOR"] },
    { what: "undefined", thing: undefined, codes: ["ERR_FOREIGN_TENSOR"] },
  ];
}
