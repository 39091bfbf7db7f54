/** Implementations on TensorFlow.js for processes of their own, which open them by name. */
import type { Absent } from "@batchnorm/optional-components";
import { backendImplementation, type Implementation, Unsupported } from "@batchnorm/timing";
import {
  baselineTfjs,
  openTfjsBackend,
  type TfjsBackendOnEngine,
  type TfjsEngine,
  tfjsBackends,
  tfjsEngines,
} from "@batchnorm/timing/tfjs";
import { ownVersion } from "./own-version.js";

/** @public */
export const ownOnCpu = () => own(tfjsBackends.cpu);
/** @public */
export const ownOnCpuWithHost = () => own(tfjsBackends.cpuWithHost);
/** @public */
export const ownOnWasm = () => own(tfjsBackends.wasm);
/** @public */
export const ownOnTensorflow = (threads = 1) => own(tfjsBackends.tensorflow, threads);
/** @public */
export const baselineOnCpu = () => baseline(tfjsEngines.cpu);
/** @public */
export const baselineOnWasm = () => baseline(tfjsEngines.wasm);
/** @public */
export const baselineOnTensorflow = (threads = 1) => baseline(tfjsEngines.tensorflow, threads);

async function own(backend: TfjsBackendOnEngine, threads = 1): Promise<Implementation> {
  return backendImplementation(present(await openTfjsBackend(backend)), { version: ownVersion(), threads });
}

async function baseline(engine: TfjsEngine, threads = 1): Promise<Implementation> {
  return { ...present(await baselineTfjs(engine)), threads };
}

function present<Thing extends object>(thing: Thing | Absent): Thing {
  if ("reason" in thing) throw new Unsupported(`${thing.reason as string}`);
  return thing;
}
