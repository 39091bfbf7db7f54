import { fileURLToPath } from "node:url";
import { tfjsNode } from "@batchnorm/optional-components";
import type { ImplementationDescription } from "@batchnorm/timing";
import { backendAbout, limitOf } from "@batchnorm/timing";
import { baselineTfjsDescription, tfjsBackends } from "@batchnorm/timing/tfjs";
import { helperImplementation } from "./helper-implementation.js";
import { hosted } from "./hosted.js";
import type { KnownImplementation } from "./known-implementation.js";
import { started, withComponent } from "./start.js";
import { type TensorflowKernels, tensorflowEnvironment } from "./tensorflow-environment.js";

/** Our backend on every engine of TensorFlow.js. */
export function ownOnTfjs(): readonly KnownImplementation[] {
  const { cpu, cpuWithHost, wasm, tensorflow } = tfjsBackends;
  return [
    onOneThread(own(cpu.name), "ownOnCpu"),
    onOneThread(own(cpuWithHost.name), "ownOnCpuWithHost"),
    onOneThread(own(wasm.name), "ownOnWasm"),
    onTensorflow(own(tensorflow.name), { open: "ownOnTensorflow", kernels: "own" }),
    onTensorflow(own(withOneDnn(tensorflow.name)), { open: "ownOnTensorflow", kernels: "oneDNN" }),
  ];
}

/** TensorFlow.js alone on every engine. That on `cpu` competes everywhere. */
export function baselineOnTfjs(): readonly KnownImplementation[] {
  const { name, ...tensorflow } = baselineTfjsDescription("tensorflow");
  return [
    { ...onOneThread(baselineTfjsDescription("cpu"), "baselineOnCpu"), ofEngine: false },
    onOneThread(baselineTfjsDescription("wasm"), "baselineOnWasm"),
    onTensorflow({ ...tensorflow, name }, { open: "baselineOnTensorflow", kernels: "own" }),
    onTensorflow({ ...tensorflow, name: withOneDnn(name) }, { open: "baselineOnTensorflow", kernels: "oneDNN" }),
  ];
}

const tfjsHosted = fileURLToPath(new URL("./tfjs-hosted.js", import.meta.url));

type Description = ImplementationDescription;

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

function onOneThread(description: Description, open: string): KnownImplementation {
  return {
    name: description.name,
    kind: description.kind,
    threaded: false,
    ofEngine: true,
    open: () => started(() => helperImplementation({ ...description, command: hosted(tfjsHosted, open) })),
  };
}

function onTensorflow(
  { name, ...description }: Description,
  { open, kernels }: { readonly open: string; readonly kernels: TensorflowKernels },
): KnownImplementation {
  return {
    name,
    kind: description.kind,
    threaded: true,
    ofEngine: true,
    open: (threads) =>
      withComponent(tfjsNode, () => {
        const command = hosted(tfjsHosted, open, tensorflowEnvironment(kernels, threads));
        const called = threads > 1 ? `${name} ${threads} threads` : name;
        return helperImplementation({ ...description, name: called, threads, command });
      }),
  };
}
