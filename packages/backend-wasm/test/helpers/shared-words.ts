/** Where threads share their words at the start of the memory, see assembly/team.ts and assembly/job.ts: bytes. */
export const words = { turn: 64, epoch: 128, done: 192, asleep: 256, progress: 384, phase: 1024, tasks: 1028 } as const;

/** The words of the memory in which some values of a backend lie. */
export function wordsOf({ buffer }: { readonly buffer: ArrayBufferLike }) {
  const ints = new Int32Array(buffer, 0, 1024);
  const longs = new BigInt64Array(buffer, 0, 512);
  const index = (word: Exclude<keyof typeof words, "turn">) => words[word] / 4;
  return {
    read: (word: Exclude<keyof typeof words, "turn">) => Atomics.load(ints, index(word)),
    /** Opens the last phase again, with this thread taking no part. Resolves when others have done all its tasks. */
    async openAgain(): Promise<void> {
      const generation = (Atomics.load(longs, words.turn / 8) >> 32n) + 1n;
      Atomics.store(ints, index("done"), 0);
      Atomics.store(longs, words.turn / 8, generation << 32n);
      Atomics.add(ints, index("epoch"), 1);
      Atomics.notify(ints, index("epoch"));
      while (Atomics.load(ints, index("done")) < Atomics.load(ints, index("tasks"))) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      Atomics.store(longs, words.turn / 8, (generation << 32n) | 0x7fffffffn);
    },
  };
}
