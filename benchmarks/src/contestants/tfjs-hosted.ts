/** Contestants on TensorFlow.js for processes of their own, which open them by name. */
import type { Absent } from "@batchnorm/components";
import { backendContestant } from "./backend.js";
import { type Contestant, Unsupported } from "./contestant.js";
import { ownVersion } from "./own-version.js";
import { stockTfjs } from "./stock-tfjs.js";
import { openTfjsBackend, type TfjsBackendOnEngine, tfjsBackends } from "./tfjs-backends.js";
import { type TfjsEngine, tfjsEngines } from "./tfjs-engines.js";

/** @public */
export const ownOnCpu = () => own(tfjsBackends.cpu);
/** @public */
export const ownOnCpuWithHost = () => own(tfjsBackends.cpuWithHost);
/** @public */
export const ownOnWasm = () => own(tfjsBackends.wasm);
/** @public */
export const ownOnTensorflow = (threads = 1) => own(tfjsBackends.tensorflow, threads);
/** @public */
export const stockOnCpu = () => stock(tfjsEngines.cpu);
/** @public */
export const stockOnWasm = () => stock(tfjsEngines.wasm);
/** @public */
export const stockOnTensorflow = (threads = 1) => stock(tfjsEngines.tensorflow, threads);

async function own(backend: TfjsBackendOnEngine, threads = 1): Promise<Contestant> {
  return backendContestant(present(await openTfjsBackend(backend)), { version: ownVersion(), threads });
}

async function stock(engine: TfjsEngine, threads = 1): Promise<Contestant> {
  return { ...present(await stockTfjs(engine)), threads };
}

function present<Thing extends object>(thing: Thing | Absent): Thing {
  if ("reason" in thing) throw new Unsupported(`${thing.reason as string}`);
  return thing;
}
