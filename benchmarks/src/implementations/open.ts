import { type Absent, absentLines } from "@batchnorm/optional-components";
import { BenchmarkError, type Implementation } from "@batchnorm/timing";
import { knownImplementations } from "./known.js";
import type { KnownImplementation } from "./known-implementation.js";

/** Which implementations are wanted. */
export interface ImplementationChoice {
  /** by name; all backends unless told */
  readonly backends?: readonly string[] | undefined;
  /** by name; all peers unless told, none for an empty list */
  readonly peers?: readonly string[] | undefined;
  /** of those that can compute on several; 1 by default */
  readonly threads?: readonly number[];
}

/** Those that can run here, and those that cannot. */
export interface OpenImplementations {
  readonly implementations: readonly Implementation[];
  /** those of them that compete only where every engine of TensorFlow.js does */
  readonly ofEngines: ReadonlySet<Implementation>;
  readonly absent: readonly { readonly name: string; readonly absent: Absent }[];
  close(): Promise<void>;
}

/**
 * Starts the implementations that were chosen.
 *
 * @throws BenchmarkError for a name that there is none of, and where none at all, or none of those that are named, can
 * run here
 */
export async function openImplementations(
  { backends, peers, threads = [1] }: ImplementationChoice,
  known: readonly KnownImplementation[] = knownImplementations(),
): Promise<OpenImplementations> {
  const chosen = [...choose(known, "backend", backends), ...choose(known, "peer", peers)];
  const implementations: Implementation[] = [];
  const ofEngines = new Set<Implementation>();
  const absent: { name: string; absent: Absent }[] = [];
  const close = async () => {
    for (const implementation of implementations) await implementation.close?.();
  };
  for (const { name, threaded, ofEngine, open } of chosen) {
    for (const count of threaded ? threads : [1]) {
      const opened = await open(count);
      if (!("reason" in opened)) {
        implementations.push(opened);
        if (ofEngine) ofEngines.add(opened);
      } else if (!absent.some((one) => one.name === name)) absent.push({ name, absent: opened });
    }
  }
  const why = absentLines(absent.map((one) => ({ name: one.name, ...one.absent }))).join(". ");
  if (implementations.length === 0)
    throw new BenchmarkError("ERR_IMPLEMENTATION", `no implementation can run here: ${why}`);
  for (const [kind, names] of [["backend", backends] as const, ["peer", peers] as const]) {
    if (names === undefined || names.length === 0 || implementations.some((one) => one.kind === kind)) continue;
    await close();
    throw new BenchmarkError("ERR_IMPLEMENTATION", `no ${kind} that was asked for can run here: ${why}`);
  }
  return { implementations, ofEngines, absent, close };
}

function choose(
  known: readonly KnownImplementation[],
  kind: Implementation["kind"],
  names: readonly string[] | undefined,
): readonly KnownImplementation[] {
  const all = known.filter((one) => one.kind === kind);
  for (const name of names ?? []) {
    if (all.some((one) => one.name === name)) continue;
    const expected = all.map((one) => one.name).join(", ");
    throw new BenchmarkError(
      "ERR_IMPLEMENTATION",
      `there is no ${kind} ${JSON.stringify(name)}; expected one of ${expected}`,
    );
  }
  return names === undefined ? all : all.filter(({ name }) => names.includes(name));
}
