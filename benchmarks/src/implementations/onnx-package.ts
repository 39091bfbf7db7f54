import type { Component, Present } from "@batchnorm/optional-components";
import { type ImplementationDescription, sanityLimit } from "@batchnorm/timing";
import { onThreads } from "./description.js";

/** What people are told of a package of ONNX Runtime. */
export function onnxDescription(name: string, where: string, threads: number): ImplementationDescription {
  return {
    name: onThreads(name, threads),
    kind: "peer",
    about: `${where}: a model of BatchNormalization, Relu after it where there is ReLU, between Transpose nodes where channels are last`,
    threads,
    limit: () => sanityLimit, // ONNX has epsilon as a float32, which float64 results show
    tensorsHeld: 6,
  };
}

/** An optional peer dependency, so that nothing here can install it. */
export function onnxComponent(
  name: string,
  npm: string,
  purpose: string,
  find: () => Promise<Omit<Present, "present">>,
): Component {
  return {
    name,
    purpose,
    probe: async () => {
      try {
        return { present: true, ...(await find()) };
      } catch (error) {
        const [reason] = (error as Error).message.split("\n");
        return {
          present: false,
          reason: `${npm} cannot be loaded (${reason})`,
          remedy: `install what the lockfile says: ${npm} is among it`,
        };
      }
    },
  };
}
