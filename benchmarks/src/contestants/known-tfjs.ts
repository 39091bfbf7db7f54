import { fileURLToPath } from "node:url";
import { tfjsNode } from "@batchnorm/components";
import { backendAbout, limitOf } from "./backend.js";
import { type HelperContestantOptions, helperContestant } from "./helper-contestant.js";
import { hosted, type JavaScriptContestant } from "./hosted.js";
import type { KnownContestant } from "./known-contestant.js";
import { started, withComponent } from "./start.js";
import { stockTfjsDescription } from "./stock-tfjs.js";
import { type TensorflowKernels, tensorflowEnvironment } from "./tensorflow-environment.js";
import { tfjsBackends } from "./tfjs-backends.js";

/** Our backend on every engine of TensorFlow.js. */
export function ownOnTfjs(): readonly KnownContestant[] {
  const { cpu, cpuWithHost, wasm, tensorflow } = tfjsBackends;
  return [
    onOneThread(own(cpu.name), { open: "ownOnCpu", counted: true }),
    onOneThread(own(cpuWithHost.name), { open: "ownOnCpuWithHost", counted: true }),
    onOneThread(own(wasm.name), { open: "ownOnWasm" }),
    onTensorflow(own(tensorflow.name), { open: "ownOnTensorflow", kernels: "own" }),
    onTensorflow(own(withOneDnn(tensorflow.name)), { open: "ownOnTensorflow", kernels: "oneDNN" }),
  ];
}

/** TensorFlow.js alone on every engine. That on `cpu` competes everywhere. */
export function stockOnTfjs(): readonly KnownContestant[] {
  const { name, ...tensorflow } = stockTfjsDescription("tensorflow");
  return [
    { ...onOneThread(stockTfjsDescription("cpu"), { open: "stockOnCpu", counted: true }), ofEngine: false },
    onOneThread(stockTfjsDescription("wasm"), { open: "stockOnWasm" }),
    onTensorflow({ ...tensorflow, name }, { open: "stockOnTensorflow", kernels: "own" }),
    onTensorflow({ ...tensorflow, name: withOneDnn(name) }, { open: "stockOnTensorflow", kernels: "oneDNN" }),
  ];
}

type Description = Omit<HelperContestantOptions, "command">;

/** x, dy, y, dx, and what is composed in between. */
const tensorsOfCompositions = 16;

function own(name: string): Description {
  return {
    name,
    kind: "backend",
    about: backendAbout,
    threads: 1,
    limit: limitOf(name),
    tensorsHeld: tensorsOfCompositions,
  };
}

function withOneDnn(name: string): string {
  return `${name}-onednn`;
}

function onOneThread(
  description: Description,
  { open, counted = false }: { readonly open: string; readonly counted?: boolean },
): KnownContestant {
  const javaScript = inModule(open);
  return {
    name: description.name,
    kind: description.kind,
    threaded: false,
    ofEngine: true,
    open: (_, how) => started(() => helperContestant({ ...description, command: hosted(javaScript, how) })),
    javaScript: counted ? javaScript : null,
  };
}

function onTensorflow(
  { name, ...description }: Description,
  { open, kernels }: { readonly open: string; readonly kernels: TensorflowKernels },
): KnownContestant {
  return {
    name,
    kind: description.kind,
    threaded: true,
    ofEngine: true,
    open: (threads, how) =>
      withComponent(tfjsNode, () => {
        const command = hosted(inModule(open), { ...how, env: tensorflowEnvironment(kernels, threads) });
        const called = threads > 1 ? `${name} ${threads} threads` : name;
        return helperContestant({ ...description, name: called, threads, command });
      }),
    javaScript: null,
  };
}

function inModule(open: string): JavaScriptContestant {
  return { module: fileURLToPath(new URL("./tfjs-hosted.js", import.meta.url)), open };
}
