import { createCpuBackend } from "@batchnorm/backend-cpu";
import type { Backend } from "@batchnorm/core";

/** Every backend, with how to start it. A new backend is one more line. */
export const backends: readonly { readonly name: string; open(): Promise<Backend> }[] = [
  { name: "cpu", open: async () => createCpuBackend() },
];
