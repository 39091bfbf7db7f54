import { type Absent, absentLines } from "@batchnorm/components";
import { ContestantError } from "../errors.js";
import type { Contestant } from "./contestant.js";
import { knownContestants } from "./known.js";
import type { KnownContestant } from "./known-contestant.js";

/** Which contestants are wanted. */
export interface ContestantChoice {
  /** by name; all backends unless told */
  readonly backends?: readonly string[];
  /** by name; all peers unless told, none for an empty list */
  readonly peers?: readonly string[];
  /** of those that can compute on several; 1 by default */
  readonly threads?: readonly number[];
}

/** A contestant on one thread, in a process that has done nothing yet. */
export interface Fresh {
  readonly name: string;
  open(): Promise<Contestant | Absent>;
}

/** Those that can run here, and those that cannot. */
export interface OpenContestants {
  readonly contestants: readonly Contestant[];
  /** those of them that compete only where every engine of TensorFlow.js does */
  readonly ofEngines: ReadonlySet<Contestant>;
  readonly absent: readonly { readonly name: string; readonly absent: Absent }[];
  /** those of them whose passes can be counted */
  readonly countable: readonly KnownContestant[];
  /** the same on one thread each, in processes that have done nothing yet, but for those of engines */
  fresh(): readonly Fresh[];
  close(): Promise<void>;
}

/**
 * Starts the contestants that were chosen.
 *
 * @throws ContestantError for a name that there is none of, and where none at all, or none of those that are named, can
 * run here
 */
export async function openContestants(
  { backends, peers, threads = [1] }: ContestantChoice,
  known: readonly KnownContestant[] = knownContestants(),
): Promise<OpenContestants> {
  const chosen = [...choose(known, "backend", backends), ...choose(known, "peer", peers)];
  const contestants: Contestant[] = [];
  const ofEngines = new Set<Contestant>();
  const absent: { name: string; absent: Absent }[] = [];
  const close = async () => {
    for (const contestant of contestants) await contestant.close?.();
  };
  for (const { name, threaded, ofEngine, open } of chosen) {
    for (const count of threaded ? threads : [1]) {
      const opened = await open(count);
      if (!("reason" in opened)) {
        contestants.push(opened);
        if (ofEngine) ofEngines.add(opened);
      } else if (!absent.some((one) => one.name === name)) absent.push({ name, absent: opened });
    }
  }
  const why = absentLines(absent.map((one) => ({ name: one.name, ...one.absent }))).join(". ");
  if (contestants.length === 0) throw new ContestantError(`no contestant can run here: ${why}`);
  for (const [kind, names] of [["backend", backends] as const, ["peer", peers] as const]) {
    if (names === undefined || names.length === 0 || contestants.some((one) => one.kind === kind)) continue;
    await close();
    throw new ContestantError(`no ${kind} that was asked for can run here: ${why}`);
  }
  const opened = chosen.filter(({ name }) => !absent.some((one) => one.name === name));
  return {
    contestants,
    ofEngines,
    absent,
    countable: opened.filter(({ javaScript }) => javaScript !== null),
    fresh: () =>
      opened
        .filter(({ ofEngine }) => !ofEngine)
        .map(({ name, open }) => ({ name, open: () => open(1, { returnsMemory: true }) })),
    close,
  };
}

function choose(
  known: readonly KnownContestant[],
  kind: Contestant["kind"],
  names: readonly string[] | undefined,
): readonly KnownContestant[] {
  const all = known.filter((one) => one.kind === kind);
  for (const name of names ?? []) {
    if (all.some((one) => one.name === name)) continue;
    const expected = all.map((one) => one.name).join(", ");
    throw new ContestantError(`there is no ${kind} ${JSON.stringify(name)}; expected one of ${expected}`);
  }
  return names === undefined ? all : all.filter(({ name }) => names.includes(name));
}
