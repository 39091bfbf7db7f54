import { createCpuBackend } from "@batchnorm/backend-cpu";
import { createWasmBackend } from "@batchnorm/backend-wasm";
import type { Absent } from "@batchnorm/components";
import type { Backend } from "@batchnorm/core";
import { tfjsBackends } from "./tfjs-backends.js";
import { ownVersion } from "./version.js";

/** A backend that this command knows, whether or not this machine can run it. */
export interface KnownBackend {
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  /** its row in the table of bounds, where that has another name; asked once it is open */
  bounds?(): string;
  /** The backend, or why this machine cannot run it. */
  open(): Promise<Backend | Absent>;
  /** Has to be awaited before the backend is asked for anything, where others may have been asked since. */
  use?(): Promise<void>;
}

/** Every backend, in the order in which people are shown them. */
export function knownBackends(): readonly KnownBackend[] {
  return [
    {
      name: "cpu",
      packageName: "@batchnorm/backend-cpu",
      version: ownVersion(),
      open: async () => createCpuBackend(),
    },
    {
      name: "wasm",
      packageName: "@batchnorm/backend-wasm",
      version: ownVersion(),
      open: () => createWasmBackend(),
    },
    ...tfjsBackends(),
  ];
}

/** A backend that was opened, with its name and version. */
export interface OpenBackend {
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  /** its row in the table of bounds */
  readonly bounds: string;
  readonly backend: Backend;
  /** Has to be awaited before the backend is asked for anything, where others may have been asked since. */
  use(): Promise<void>;
}

/** A backend that this machine cannot run, and why. */
export interface AbsentBackend {
  readonly name: string;
  readonly packageName: string;
  readonly absent: Absent;
}

/** Opens backends, every known one unless told which. Whoever calls closes those that are open. */
export async function openBackends(
  known: readonly KnownBackend[] = knownBackends(),
): Promise<{ open: OpenBackend[]; absent: AbsentBackend[] }> {
  const open: OpenBackend[] = [];
  const absent: AbsentBackend[] = [];
  for (const one of known) {
    const { name, packageName, version } = one;
    const backend = await one.open();
    if ("reason" in backend) absent.push({ name, packageName, absent: backend });
    else {
      const bounds = one.bounds?.() ?? name;
      open.push({ name, packageName, version, bounds, backend, use: async () => one.use?.() });
    }
  }
  return { open, absent };
}
