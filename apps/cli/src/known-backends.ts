import { createCpuBackend } from "@batchnorm/backend-cpu";
import type { Absent } from "@batchnorm/components";
import type { Backend } from "@batchnorm/core";
import { ownVersion } from "./version.js";

/** A backend that this command knows, whether or not this machine can run it. */
export interface KnownBackend {
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  /** The backend, or why this machine cannot run it. */
  open(): Promise<Backend | Absent>;
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
  ];
}

/** A backend that was opened, with its name and version. */
export interface OpenBackend {
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  readonly backend: Backend;
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
  for (const { name, packageName, version, open: start } of known) {
    const backend = await start();
    if ("reason" in backend) absent.push({ name, packageName, absent: backend });
    else open.push({ name, packageName, version, backend });
  }
  return { open, absent };
}
