import type { TimedTask, Workload } from "@batchnorm/timing";

/** Who can be opened in a page. */
export type PageImplementation = "cpu" | "wasm" | "tfjs-wasm" | "onnxruntime-web";

/** What a page is asked. Inputs are fetched from `/inputs/<name>`, results posted as float64 to `/results/<name>`. */
export interface Asked {
  open(name: PageImplementation, threads: number): Promise<{ version: string; threads: number }>;
  prepare(about: Pick<Workload["case"], "shape" | "layout" | "dtype">, task: TimedTask): Promise<void>;
  /** @returns milliseconds */
  first(): Promise<number>;
  time(milliseconds: number): Promise<number[]>;
  release(): Promise<void>;
}

export type PageAnswer = { readonly ok: unknown } | { readonly unsupported: string } | { readonly error: string };
