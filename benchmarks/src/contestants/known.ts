import type { Absent } from "@batchnorm/components";
import type { Contestant } from "./contestant.js";
import { cpuAbout, cpuLimit } from "./cpu.js";
import { helperContestant } from "./helper-contestant.js";
import { HelperFailure } from "./helper-process.js";
import { hosted, type JavaScriptContestant } from "./hosted.js";
import { tfjsCpuAbout, tfjsCpuLimit } from "./tfjs-cpu.js";

/** A contestant that the benchmarks know, whether or not this machine can run it. A new one is one more entry. */
export interface KnownContestant {
  readonly name: string;
  readonly kind: Contestant["kind"];
  /** The contestant on so many threads, in a process of its own, or why this machine cannot run it. */
  open(threads: number): Promise<Contestant | Absent>;
  /** where it is written in JavaScript: its passes can be counted then */
  readonly javaScript: JavaScriptContestant | null;
}

/** Every contestant, backends first, in the order in which people are shown them. */
export function knownContestants(): readonly KnownContestant[] {
  return [
    inJavaScript("cpu", "backend", cpuAbout, cpuLimit, { module: here("cpu"), open: "cpuContestant" }),
    inJavaScript("tfjs cpu", "peer", tfjsCpuAbout, tfjsCpuLimit, {
      module: here("tfjs-cpu"),
      open: "tfjsCpuContestant",
    }),
  ];
}

function here(name: string): URL {
  return new URL(`./${name}.js`, import.meta.url);
}

function inJavaScript(
  name: string,
  kind: Contestant["kind"],
  about: string,
  limit: Contestant["limit"],
  javaScript: JavaScriptContestant,
): KnownContestant {
  const open = () => opened({ name, kind, about, threads: 1, limit, command: hosted(javaScript) });
  return { name, kind, open, javaScript };
}

/** A helper that does not start is absent. */
async function opened(options: Parameters<typeof helperContestant>[0]): Promise<Contestant | Absent> {
  try {
    return await helperContestant(options);
  } catch (error) {
    if (!(error instanceof HelperFailure)) throw error;
    return {
      present: false,
      reason: error.message,
      remedy: "see the message; batchnorm check says whether backends work",
    };
  }
}
