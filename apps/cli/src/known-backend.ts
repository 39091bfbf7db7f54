import { type Backend, ResourceError } from "@batchnorm/core";
import type { Absent } from "@batchnorm/optional-components";
import { UsageError } from "./exit-codes.js";

/** A backend that this command knows, whether or not this machine can run it. */
export interface KnownBackend {
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  /** its row in the table of bounds, where that has another name; asked once it is open */
  bounds?(): string;
  /** The backend, or why this machine cannot run it. What it needs is loaded when this is called. */
  open(): Promise<Backend | Absent>;
  /** Has to be awaited before the backend is asked for anything, where others may have been asked since. */
  use?(): Promise<void>;
}

/** A backend that was opened. */
export interface OpenBackend extends Pick<KnownBackend, "name" | "packageName" | "version"> {
  /** its row in the table of bounds */
  readonly bounds: string;
  readonly backend: Backend;
  /** Has to be awaited before the backend is asked for anything, where others may have been asked since. */
  use(): Promise<void>;
}

/** A backend that this machine cannot run, and why. */
export interface AbsentBackend extends Pick<KnownBackend, "name" | "packageName"> {
  readonly absent: Absent;
}

/** What an engine or a machine does not let run is absent; the others go on. @throws what else it is */
function absentWhere(error: unknown): Absent {
  if (!(error instanceof ResourceError)) throw error;
  const end = error.message.lastIndexOf("; "); // behind it stands what to do
  return { present: false, reason: error.message.slice(0, end), remedy: error.message.slice(end + 2) };
}

/** Opens backends. Whoever calls closes those that are open. */
export async function openBackends(
  known: readonly KnownBackend[],
): Promise<{ open: OpenBackend[]; absent: AbsentBackend[] }> {
  const open: OpenBackend[] = [];
  const absent: AbsentBackend[] = [];
  for (const one of known) {
    const { name, packageName, version } = one;
    const backend = await one.open().catch(absentWhere);
    if ("reason" in backend) absent.push({ name, packageName, absent: backend });
    else {
      const bounds = one.bounds?.() ?? name;
      open.push({ name, packageName, version, bounds, backend, use: async () => one.use?.() });
    }
  }
  return { open, absent };
}

/** Those of the names; all without names. @throws UsageError for a name that none has */
export function namedBackends(known: readonly KnownBackend[], names: readonly string[] = []): readonly KnownBackend[] {
  const stranger = names.find((name) => known.every((one) => one.name !== name));
  if (stranger !== undefined) {
    const expected = known.map(({ name }) => name).join(", ");
    throw new UsageError(`unknown backend ${JSON.stringify(stranger)}; expected one of ${expected}`);
  }
  return names.length === 0 ? known : known.filter(({ name }) => names.includes(name));
}
