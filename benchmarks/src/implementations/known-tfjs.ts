import { tfjsNode } from "@batchnorm/optional-components";
import type { ImplementationDescription } from "@batchnorm/timing";
import { baselineTfjsDescription, tfjsBackends } from "@batchnorm/timing/tfjs";
import { backendDescription, onThreads } from "./description.js";
import { hosted } from "./hosted.js";
import type { KnownImplementation } from "./known-implementation.js";

const module = new URL("./tfjs-hosted.js", import.meta.url);

type About = (threads: number) => ImplementationDescription;

/** Our backend on every engine of TensorFlow.js. */
export function ownOnTfjs(): readonly KnownImplementation[] {
  const { cpu, cpuWithHost, wasm, tensorflow } = tfjsBackends;
  return [
    onOneThread(own(cpu.name), "ownOnCpu"),
    onOneThread(own(cpuWithHost.name), "ownOnCpuWithHost"),
    onOneThread(own(wasm.name), "ownOnWasm"),
    onTensorflow(own(tensorflow.name), "ownOnTensorflow", { oneDnn: false }),
    onTensorflow(own(`${tensorflow.name}-onednn`), "ownOnTensorflow", { oneDnn: true }),
  ];
}

/** TensorFlow.js alone on every engine. That on `cpu` competes everywhere. */
export function baselineOnTfjs(): readonly KnownImplementation[] {
  return [
    { ...onOneThread(baseline("cpu"), "baselineOnCpu"), ofEngine: false },
    onOneThread(baseline("wasm"), "baselineOnWasm"),
    onTensorflow(baseline("tensorflow"), "baselineOnTensorflow", { oneDnn: false }),
    onTensorflow(baseline("tensorflow", "-onednn"), "baselineOnTensorflow", { oneDnn: true }),
  ];
}

/** x, dy, y, dx, and what is composed in between. */
const tensorsOfCompositions = 16;

function own(name: string): About {
  return (threads) => backendDescription(name, threads, tensorsOfCompositions);
}

function baseline(engine: Parameters<typeof baselineTfjsDescription>[0], kernels = ""): About {
  const { name, ...description } = baselineTfjsDescription(engine);
  return (threads) => ({ ...description, name: onThreads(`${name}${kernels}`, threads), threads });
}

function onOneThread(about: About, open: string): KnownImplementation {
  return hosted({ about, module, open, ofEngine: true });
}

function onTensorflow(about: About, open: string, { oneDnn }: { readonly oneDnn: boolean }): KnownImplementation {
  // what TensorFlow reads when it is loaded: the same on every machine, whatever its default
  const env = (threads: number) => ({
    TF_CPP_MIN_LOG_LEVEL: "2",
    TF_ENABLE_ONEDNN_OPTS: oneDnn ? "1" : "0",
    TF_NUM_INTRAOP_THREADS: String(threads),
  });
  return hosted({ about, module, open, threaded: true, ofEngine: true, needs: tfjsNode, env });
}
