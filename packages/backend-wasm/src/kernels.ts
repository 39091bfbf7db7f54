import { ResourceError } from "@batchnorm/core";
import { bytesFromText } from "./bytes-from-text.js";
import { kernelsText } from "./generated/kernels-text.js";
import type { TeamKernels } from "./threads/contract.js";

/**
 * What assembly/index.ts exports. Addresses are of float32 and float64 values; 0 stands for none. `train`, `normalize` and
 * `backward` are false where a helper thread was lost.
 */
export interface WasmExports extends TeamKernels {
  /** The bytes of working memory that an operation on a view needs. */
  plan(outer: number, channels: number, inner: number): number;
  prepare(memory: number, share: boolean, x: number, eps: number, relu: boolean, weight: number, bias: number): void;
  train(moments: number, out: number): number;
  normalize(moments: number, count: number, mean: number, variance: number, out: number): number;
  backward(
    dy: number,
    moments: number,
    count: number,
    mean: number,
    variance: number,
    sums: number,
    sumsAreGiven: boolean,
    out: number,
    dweight: number,
    dbias: number,
  ): number;
}

let compiled: WebAssembly.Module | null = null;

/**
 * The kernels, compiled once.
 *
 * @throws ResourceError (`ERR_UNSUPPORTED`) where the engine has no 128-bit SIMD or no shared memory, or a policy forbids
 * WebAssembly
 */
export function kernelModule(): WebAssembly.Module {
  if (compiled !== null) return compiled;
  const bytes = bytesFromText(kernelsText);
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(bytes)) {
    throw new ResourceError(
      "ERR_UNSUPPORTED",
      "the wasm backend needs WebAssembly with 128-bit SIMD and atomics, which this engine does not have (Node 20, Chrome 91, Firefox 89 and Safari 16.4 do); use createCpuBackend() of @batchnorm/backend-cpu",
    );
  }
  compiled = unlessRefused(() => new WebAssembly.Module(bytes));
  return compiled;
}

/**
 * The kernels on a memory, for the thread that calls.
 *
 * @throws ResourceError (`ERR_UNSUPPORTED`) where a policy forbids WebAssembly, and the engine only now says so
 */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): WasmExports {
  const host = { now: () => performance.now() };
  const { exports } = unlessRefused(() => new WebAssembly.Instance(module, { env: { memory }, host }));
  return exports as unknown as WasmExports;
}

function unlessRefused<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new ResourceError(
      "ERR_UNSUPPORTED",
      `the engine refused to compile the wasm backend (${error instanceof Error ? error.message : error}); a content security policy must have script-src 'wasm-unsafe-eval'; or use createCpuBackend() of @batchnorm/backend-cpu`,
    );
  }
}
