import { ResourceError } from "@batchnorm/core";
import type { TeamKernels } from "./contract.js";
import type { Helper, Place, Shared } from "./place.js";

/** A helper says that it is ready within this, or it has failed to start: on a busy machine it may take long. */
const startMilliseconds = 60_000;

/** The helper threads of a backend. */
export class Team {
  readonly #kernels: TeamKernels;
  readonly #helpers: Set<Helper>;
  readonly #allEnded: Promise<unknown>;

  private constructor(kernels: TeamKernels, helpers: readonly Helper[]) {
    this.#kernels = kernels;
    this.#helpers = new Set(helpers);
    this.#allEnded = Promise.all(helpers.map((helper) => helper.ended.then(() => this.#helpers.delete(helper))));
  }

  /** @throws ResourceError (`ERR_THREAD`) where one does not start; the others are ended then */
  static async start(place: Place, shared: Shared, kernels: TeamKernels, helpers: number): Promise<Team> {
    const started: Helper[] = [];
    let limit: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      const silent = new Error(`it has not been heard of for ${startMilliseconds / 1000} s`);
      limit = setTimeout(reject, startMilliseconds, silent);
    });
    try {
      for (let i = 0; i < helpers; i++) started.push(place.startHelper(shared));
      await Promise.race([Promise.all(started.map(({ ready }) => ready)), silence]);
    } catch (error) {
      for (const helper of started) {
        helper.ready.catch(() => {}); // the first failure is told
        helper.terminate();
      }
      throw new ResourceError(
        "ERR_THREAD",
        `one of ${helpers} helper threads of the wasm backend did not start: ${error instanceof Error ? error.message : error}; ask for fewer with the option threads, or for one`,
      );
    } finally {
      clearTimeout(limit);
    }
    kernels.allowSleep(mayWait(shared.memory));
    return new Team(kernels, started);
  }

  /** Threads that compute: the helpers that are left, and the one that calls. */
  get threads(): number {
    return 1 + this.#helpers.size;
  }

  /** Ends the helpers when they have finished what they do. */
  close(): void {
    this.#kernels.end();
  }

  /** Ends the helpers at once, whatever they do. Resolves when none runs any more; never where the place does not say. */
  async terminate(): Promise<void> {
    for (const helper of this.#helpers) helper.terminate();
    await this.#allEnded;
  }
}

/** Whether this thread may wait for another: the main thread of a page must not. */
function mayWait(memory: WebAssembly.Memory): boolean {
  try {
    Atomics.wait(new Int32Array(memory.buffer), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}
