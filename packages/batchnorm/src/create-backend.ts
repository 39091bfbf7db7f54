import { type BatchNormError, type DType, type ErrorCode, OptionError, ResourceError } from "@batchnorm/core";
import { checkOptionNames, checkThreads, describe } from "@batchnorm/core/checks";
import type { HostBackend } from "@batchnorm/core/host";
import { type BackendName, candidates } from "./candidates.js";

export type { BackendName } from "./candidates.js";

export interface CreateBackendOptions {
  /** The type that it has to compute in; `"float32"` by default. */
  readonly dtype?: DType;
  /** Backends to try first, in this order. */
  readonly prefer?: readonly BackendName[];
  /** The backends to choose from; all by default. */
  readonly only?: readonly BackendName[];
  /** How many threads compute where the backend has threads; one per processor by default. */
  readonly threads?: number;
}

/** Which backend was chosen, and why. */
export interface Choice {
  readonly name: BackendName;
  /** A sentence for people. */
  readonly why: string;
  /** Those that come before it, each with the reason why it was not taken. */
  readonly passedOver: readonly { readonly name: BackendName; readonly why: string }[];
}

/** A backend that tells why it is the one. */
export type ChosenBackend = HostBackend & { readonly choice: Choice };

/**
 * The fastest backend that runs here and computes in the type: WebAssembly for float32, plain TypeScript for float64 and
 * wherever WebAssembly cannot run. `backend.choice` says which it is and why.
 *
 * @throws OptionError for an unknown option, type or backend, and a number of threads that is none
 * @throws ResourceError (`ERR_THREAD`) where `threads` is given and one does not start
 * @throws ResourceError (`ERR_UNSUPPORTED`) where none of `only` runs here and computes in the type: the message has the
 * reason of each
 */
export async function createBackend(options: CreateBackendOptions = {}): Promise<ChosenBackend> {
  checkOptionNames(options, ["dtype", "prefer", "only", "threads"], "createBackend");
  const { dtype = "float32", prefer = [], only, threads } = options;
  if (dtype !== "float32" && dtype !== "float64") {
    throw new OptionError(`dtype must be "float32" or "float64", got ${describe(dtype)}`);
  }
  checkNames("prefer", prefer);
  if (only !== undefined) checkNames("only", only);
  checkThreads(threads);
  const passedOver: { name: BackendName; why: string }[] = [];
  for (const { name, dtypes, open } of inOrder(prefer)) {
    if (only !== undefined && !only.includes(name)) continue;
    if (!dtypes.includes(dtype)) {
      passedOver.push({ name, why: `it does not compute in ${dtype}` });
      continue;
    }
    try {
      const backend = await open(threads === undefined ? {} : { threads });
      return Object.assign(backend, { choice: { name, why: whyOf(backend, dtype, passedOver), passedOver } });
    } catch (error) {
      if (!cannotRunHere(error)) throw error;
      passedOver.push({ name, why: error.message });
    }
  }
  const reasons = passedOver.map(({ name, why }) => `${name}: ${why}`).join("; ");
  throw new ResourceError(
    "ERR_UNSUPPORTED",
    `no backend computes in ${dtype} here (${reasons || "only names none"}); allow others with the option only`,
  );
}

const resourceCodes: readonly unknown[] = ["ERR_UNSUPPORTED", "ERR_OUT_OF_MEMORY"] satisfies ErrorCode[];

/** By its code, since a backend may have a copy of core of its own. */
function cannotRunHere(error: unknown): error is BatchNormError {
  return error instanceof Error && "code" in error && resourceCodes.includes(error.code);
}

/** The candidates, those that are preferred first. */
function inOrder(prefer: readonly BackendName[]) {
  const rank = (name: BackendName) => (prefer.includes(name) ? prefer.indexOf(name) : prefer.length);
  return [...candidates].sort((a, b) => rank(a.name) - rank(b.name));
}

function whyOf({ name, capabilities }: HostBackend, dtype: DType, passedOver: Choice["passedOver"]): string {
  const { threads, whyOneThread } = capabilities;
  const instead = passedOver.map(({ name, why }) => `; ${name} was passed over: ${why}`).join("");
  const alone = whyOneThread === undefined ? "" : `: ${whyOneThread}`;
  return `${name} computes in ${dtype} on ${threads} ${threads === 1 ? "thread" : "threads"}${alone}${instead}`;
}

function checkNames(option: string, names: unknown): void {
  const known = candidates.map(({ name }) => name);
  const all = known.map((name) => `"${name}"`).join(", ");
  if (!Array.isArray(names)) throw new OptionError(`${option} must be a list of ${all}, got ${describe(names)}`);
  const stranger = names.findIndex((name) => !known.includes(name));
  if (stranger === -1) return;
  throw new OptionError(`${option} must be a list of ${all}, got ${describe(names[stranger])} in it`);
}
