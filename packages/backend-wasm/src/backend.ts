import { type Batch, type DType, isMoments, type Memory, type Pass, ResourceError } from "@batchnorm/core";
import type { BackwardResults, HostGradientSums, HostMoments, HostSource, Kernels } from "@batchnorm/core/host";
import type { WasmExports } from "./kernels.js";
import { type Buffer, Buffers } from "./memory/buffers.js";
import type { Heap } from "./memory/heap.js";
import type { WasmTensor } from "./tensor.js";
import type { Team } from "./threads/team.js";

type WasmPass = Pass<WasmTensor>;
type WasmSource = HostSource<Buffer>;

/** What the kernels run on. */
export interface WasmParts {
  readonly exports: WasmExports;
  readonly heap: Heap;
  /** null: the calling thread computes alone */
  readonly team: Team | null;
  /** why there is none though more threads were wanted, and what to do */
  readonly whyOneThread: string | undefined;
}

/** Working memory up to this is kept between operations. */
const keptScratchBytes = 65536;

/** Batch normalization in WebAssembly: memory, threads, and calls of what assembly/ exports. */
export class WasmKernels implements Kernels<Buffer> {
  readonly name = "wasm";
  readonly dtypes: readonly DType[] = ["float32"];
  readonly #exports: WasmExports;
  readonly #buffers: Buffers;
  #scratch: Buffer;
  #team: Team | null;
  #isClosed = false;
  readonly #hadTeam: boolean;
  readonly #whyNoTeam: string | undefined;

  constructor({ exports, heap, team, whyOneThread }: WasmParts) {
    this.#whyNoTeam = whyOneThread;
    this.#hadTeam = team !== null;
    this.#exports = exports;
    this.#buffers = new Buffers(heap);
    this.#scratch = this.#buffers.take("float64", keptScratchBytes / 8);
    this.#team = team;
  }

  get threads(): number {
    return this.#team?.threads ?? 1;
  }

  get whyOneThread(): string | undefined {
    const isLost = this.#hadTeam && this.threads === 1 && !this.#isClosed;
    return isLost ? "its helper threads were lost; another backend has threads again" : this.#whyNoTeam;
  }

  allocate(dtype: DType, length: number): Buffer {
    return this.#buffers.take(dtype, length);
  }

  release(memory: Buffer): void {
    memory.release();
  }

  moments(batch: Batch<WasmTensor>, into: HostMoments<Buffer>): void {
    this.#train({ ...batch, weight: null, bias: null, eps: 0, activation: null }, into, null);
  }

  train(pass: WasmPass, moments: HostMoments<Buffer>, y: WasmTensor): void {
    this.#train(pass, moments, y);
  }

  apply(pass: WasmPass, source: WasmSource, y: WasmTensor): void {
    this.#run(pass, [y], (exports) =>
      isMoments(source)
        ? exports.normalize(source.memory.address, source.count, 0, 0, y.memory.address)
        : exports.normalize(0, 1, source.mean.memory.address, source.variance.memory.address, y.memory.address),
    );
  }

  gradientSums(pass: WasmPass, source: WasmSource, dy: WasmTensor, into: HostGradientSums<Buffer>): void {
    this.backward(pass, source, dy, { sums: into, sumsAreGiven: false, dx: null, dweight: null, dbias: null });
  }

  inputGradient(
    pass: WasmPass,
    source: WasmSource,
    sums: HostGradientSums<Buffer> | null,
    dy: WasmTensor,
    dx: WasmTensor,
  ): void {
    this.backward(pass, source, dy, { sums, sumsAreGiven: true, dx, dweight: null, dbias: null });
  }

  backward(
    pass: WasmPass,
    source: WasmSource,
    dy: WasmTensor,
    { sums, sumsAreGiven, dx, dweight, dbias }: BackwardResults<Buffer>,
  ): void {
    const byMoments = isMoments(source);
    this.#run(pass, [sums, dy, dx, dweight, dbias], (exports) =>
      exports.backward(
        dy.memory.address,
        byMoments ? source.memory.address : 0,
        byMoments ? source.count : 1,
        byMoments ? 0 : source.mean.memory.address,
        byMoments ? 0 : source.variance.memory.address,
        sums === null ? 0 : sums.memory.address,
        sumsAreGiven || sums === null,
        addressOf(dx),
        addressOf(dweight),
        addressOf(dbias),
      ),
    );
  }

  checkOpen(): void {
    if (!this.#isClosed) return;
    throw new ResourceError(
      "ERR_CLOSED",
      "the wasm backend was used after its close(); close it later, or make another with createWasmBackend()",
    );
  }

  memory(): Memory {
    return { liveBuffers: this.#buffers.liveBuffers - 1, pooledBytes: this.#buffers.pooledBytes };
  }

  /** Ends the helper threads. What is there can be read; whatever makes or writes something throws from now on. */
  close(): void {
    this.#isClosed = true;
    this.#team?.close();
    this.#team = null;
  }

  #train(pass: WasmPass, moments: HostMoments<Buffer>, y: WasmTensor | null): void {
    this.#run(pass, [moments, y], (exports) => exports.train(moments.memory.address, addressOf(y)));
  }

  /**
   * Runs a kernel with its working memory.
   *
   * @param touched what other threads may still read or write where one is not heard of again
   */
  #run(pass: WasmPass, touched: readonly (Touched | null)[], kernel: (exports: WasmExports) => number): void {
    const { x, view, weight, bias, eps, activation } = pass;
    const exports = this.#exports;
    const bytes = exports.plan(view.outer, view.channels, view.inner);
    const scratch =
      bytes <= keptScratchBytes ? this.#scratch.share() : this.#buffers.take("float64", Math.ceil(bytes / 8));
    try {
      exports.prepare(
        scratch.address,
        this.#team !== null,
        x.memory.address,
        eps,
        activation === "relu",
        addressOf(weight),
        addressOf(bias),
      );
      if (!kernel(exports)) this.#loseTeam([scratch, x.memory, ...touched.flatMap((one) => one?.memory ?? [])]);
    } finally {
      scratch.release();
    }
  }

  /** Goes on without helpers after one has been lost. What it may still touch serves nobody else until all have ended. */
  #loseTeam(touched: readonly Buffer[]): never {
    const team = this.#team as Team;
    this.#team = null;
    for (const buffer of touched) buffer.share();
    if (touched.includes(this.#scratch)) {
      this.#scratch.release();
      this.#scratch = this.#buffers.take("float64", keptScratchBytes / 8);
    }
    void team.terminate().then(() => {
      for (const buffer of touched) buffer.release();
    });
    throw new ResourceError(
      "ERR_THREAD",
      "a helper thread of the wasm backend has taken a part of this operation and has not been heard of since; there is no result, and nothing was changed but what was given as out. Call again: the calling thread computes alone from now on. Another backend has threads again",
    );
  }
}

/** A tensor, moments or sums. */
interface Touched {
  readonly memory: Buffer;
}

function addressOf(x: WasmTensor | null): number {
  return x === null ? 0 : x.memory.address;
}
