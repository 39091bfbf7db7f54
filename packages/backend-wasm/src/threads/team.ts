import { Worker } from "node:worker_threads";
import { ResourceError } from "@batchnorm/core";
import type { WasmExports } from "../kernels.js";
import { helperSource } from "./helper-source.js";

/** A helper says that it is ready within this, or it has failed to start: on a busy machine it may take long. */
const startMilliseconds = 60_000;

/** The helper threads of a backend. Node ends whether or not they run. */
export class Team {
  readonly #kernels: WasmExports;
  readonly #workers: Set<Worker>;
  readonly #exits: Promise<void>;

  private constructor(kernels: WasmExports, workers: Set<Worker>, exits: Promise<void>) {
    this.#kernels = kernels;
    this.#workers = workers;
    this.#exits = exits;
    for (const worker of workers) worker.unref();
  }

  /** @throws ResourceError (`ERR_THREAD`) where one does not start; none is left then */
  static async start(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    kernels: WasmExports,
    helpers: number,
  ): Promise<Team> {
    const workers = new Set<Worker>();
    const exits: Promise<void>[] = [];
    try {
      for (let i = 0; i < helpers; i++) {
        const options = { eval: true, execArgv: [], name: "batchnorm", workerData: { module, memory } };
        const worker = new Worker(helperSource, options);
        workers.add(worker);
        // one may end while others still start
        exits.push(exitOf(worker).then(() => void workers.delete(worker)));
      }
      await Promise.all([...workers].map(isReady));
    } catch (error) {
      await Promise.all([...workers].map((worker) => worker.terminate()));
      throw new ResourceError(
        "ERR_THREAD",
        `one of ${helpers} helper threads of the wasm backend did not start: ${error instanceof Error ? error.message : error}; ask for fewer with the option threads, or for one`,
      );
    }
    return new Team(
      kernels,
      workers,
      Promise.all(exits).then(() => {}),
    );
  }

  /** Threads that compute: the helpers that are left, and the one that calls. */
  get threads(): number {
    return 1 + this.#workers.size;
  }

  /** Ends the helpers when they have finished what they do. */
  close(): void {
    this.#kernels.end();
  }

  /** Ends the helpers at once, whatever they do. Resolves when none runs any more. */
  async terminate(): Promise<void> {
    for (const worker of this.#workers) void worker.terminate();
    await this.#exits;
  }
}

async function isReady(worker: Worker): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const silent = new Error(`it has not been heard of for ${startMilliseconds / 1000} s`);
      limit = setTimeout(reject, startMilliseconds, silent);
      worker.once("message", () => resolve());
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`it ended with code ${code}`)));
    });
  } finally {
    clearTimeout(limit);
  }
}

function exitOf(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.once("exit", () => resolve());
    worker.on("error", () => {}); // its exit says enough
  });
}
