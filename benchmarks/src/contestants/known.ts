import { type Absent, type Component, pytorch } from "@batchnorm/components";
import { type Contestant, Unsupported } from "./contestant.js";
import { cpuDescription } from "./cpu.js";
import { type HelperContestantOptions, helperContestant } from "./helper-contestant.js";
import { HelperFailure } from "./helper-process.js";
import { type HostOptions, hosted, type JavaScriptContestant } from "./hosted.js";
import { onnxruntime, onnxruntimeDescription } from "./onnxruntime.js";
import { pytorchContestant } from "./pytorch.js";
import { tfjsCpuDescription } from "./tfjs-cpu.js";

/** A contestant that the benchmarks know, whether or not this machine can run it. */
export interface KnownContestant {
  readonly name: string;
  readonly kind: Contestant["kind"];
  /** whether it can compute on several threads */
  readonly threaded: boolean;
  /** The contestant on so many threads, in a process of its own, or why this machine cannot run it. */
  open(threads: number, how?: HostOptions): Promise<Contestant | Absent>;
  /** where it is written in JavaScript: its passes can be counted then */
  readonly javaScript: JavaScriptContestant | null;
}

/** Every contestant, backends first, in the order in which people are shown them. A new one is one more entry. */
export function knownContestants(): readonly KnownContestant[] {
  return [
    inJavaScript(cpuDescription, { module: here("cpu"), open: "cpuContestant" }),
    inJavaScript(tfjsCpuDescription, { module: here("tfjs-cpu"), open: "tfjsCpuContestant" }),
    ...(["default", "kept"] as const).map((memory) => ({
      name: memory === "kept" ? "pytorch kept" : "pytorch",
      kind: "peer" as const,
      threaded: true,
      open: (threads: number) =>
        withComponent(pytorch, (python) => pytorchContestant(python ?? "python3", { threads, memory })),
      javaScript: null,
    })),
    {
      name: "onnxruntime",
      kind: "peer",
      threaded: true,
      open: (threads, how) => {
        const command = hosted({ module: here("onnxruntime"), open: "onnxruntimeContestant" }, how);
        return withComponent(onnxruntime, () => helperContestant({ ...onnxruntimeDescription(threads), command }));
      },
      javaScript: null,
    },
  ];
}

function here(name: string): URL {
  return new URL(`./${name}.js`, import.meta.url);
}

function inJavaScript(
  description: Omit<HelperContestantOptions, "command">,
  javaScript: JavaScriptContestant,
): KnownContestant {
  const open: KnownContestant["open"] = (_, how) =>
    started(() => helperContestant({ ...description, command: hosted(javaScript, how) }));
  return { name: description.name, kind: description.kind, threaded: false, open, javaScript };
}

async function withComponent(
  component: Component,
  open: (path: string | undefined) => Promise<Contestant>,
): Promise<Contestant | Absent> {
  const presence = await component.probe();
  return presence.present ? started(() => open(presence.path)) : presence;
}

/** What does not start is absent. */
async function started(open: () => Promise<Contestant>): Promise<Contestant | Absent> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof HelperFailure || error instanceof Unsupported)) throw error;
    return { present: false, reason: `it does not start: ${error.message}`, remedy: "mend what the message names" };
  }
}
