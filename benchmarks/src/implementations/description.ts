import { backendAbout, type ImplementationDescription, limitOf, tensorsOfKernels } from "@batchnorm/timing";

/** `wasm`, `wasm 2 threads` */
export function onThreads(name: string, threads: number): string {
  return threads > 1 ? `${name} ${threads} threads` : name;
}

/** What people are told of a backend, wherever it runs. */
export function backendDescription(
  name: string,
  threads = 1,
  tensorsHeld: number = tensorsOfKernels,
): ImplementationDescription {
  const limit = limitOf(name);
  return { name: onThreads(name, threads), kind: "backend", about: backendAbout, threads, limit, tensorsHeld };
}
