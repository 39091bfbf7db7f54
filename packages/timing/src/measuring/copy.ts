import { copySpeed } from "../results/derive.js";
import type { ResultCopy } from "../results/schema.js";
import { CopyTeam } from "./copy-team.js";
import { timeFor } from "./measure.js";

/** A way to copy a tensor into another. */
interface Way {
  readonly name: string;
  copy(): void;
  close(): Promise<void>;
}

/** Shorter turns than this do not tell one way from another. */
const millisecondsPerWay = 12;

/** Each way is timed in so many turns, after one that warms it up. */
const turns = 4;

/**
 * The bandwidth of the fastest copy found, in memory that has been touched: what any operation on a tensor of that size
 * can reach on this machine, now.
 *
 * @param bytes the size of the tensor that is copied
 */
export async function fastestCopy(bytes: number, threads: number): Promise<ResultCopy> {
  const size = Math.max(8 * threads, Math.ceil(bytes / (8 * threads)) * 8 * threads);
  const found: ResultCopy[] = [];
  for await (const way of waysOf(size, threads)) {
    try {
      const repeat = (times: number) => {
        for (let i = 0; i < times; i++) way.copy();
      };
      const measurable = { run: async () => way.copy(), repeat };
      await timeFor(measurable, 1);
      const samples: number[] = [];
      for (let turn = 0; turn < turns; turn++) samples.push(...(await timeFor(measurable, millisecondsPerWay / turns)));
      const gigabytesPerSecond = samples.map((milliseconds) =>
        Number(((2 * size) / Math.max(milliseconds, 1e-5) / 1e6).toPrecision(4)),
      );
      found.push({ bytes: size, threads, way: way.name, gigabytesPerSecond });
    } finally {
      await way.close();
    }
  }
  return found.reduce((best, one) => (copySpeed(one) > copySpeed(best) ? one : best));
}

async function* waysOf(bytes: number, threads: number): AsyncGenerator<Way> {
  if (threads > 1) {
    const team = await CopyTeam.start(bytes, threads);
    yield { name: `TypedArray.set on ${threads} threads`, copy: () => team.copy(), close: () => team.close() };
    // where waking the others takes longer than the copy, one thread alone is faster
  }
  const [from, to] = [new Float64Array(bytes / 8).fill(1), new Float64Array(bytes / 8).fill(2)];
  const bytesOf = ({ buffer }: Float64Array) => Buffer.from(buffer);
  const [source, target] = [bytesOf(from), bytesOf(to)];
  const close = async () => {};
  yield { name: "TypedArray.set", copy: () => to.set(from), close };
  yield { name: "Buffer.copy", copy: () => void source.copy(target), close };
}
