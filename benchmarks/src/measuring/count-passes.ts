/**
 * Counts the full-size passes of a contestant written in JavaScript, in a process of its own, and prints them as JSON.
 *
 *     node count-passes.js <file of a module> <name of its export, () => Promise<Contestant>>
 */
import { pathToFileURL } from "node:url";
import { installCounting, takeAccesses } from "./counting.js";

const print = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
installCounting();

const [file, name] = process.argv.slice(2) as [string, string];
// loaded only now: so that every array of theirs counts
const { workloadOf } = await import("../workload.js");
const { Unsupported } = await import("../contestants/contestant.js");
const { plain, timedOperations } = await import("../operations.js");
const { sizeOf } = await import("@batchnorm/core");
const { layouts } = await import("@batchnorm/core/checks");
const { [name]: open } = await import(pathToFileURL(file).href);
const contestant = await open();

/** Enough for several blocks of every kind, and no other array's buffer has as many elements. */
const shapes = { "channels-first": [6, 5, 17, 19], "channels-last": [6, 17, 19, 5] } as const;

const passes = [];
for (const layout of layouts) {
  const shape = [...shapes[layout]];
  const about = { name: "passes", set: "passes", times: 1, about: "counted", quick: false };
  const workload = workloadOf({ ...about, shape, layout, dtype: "float32" });
  for (const operation of timedOperations) {
    for (const activation of [null, "relu"] as const) {
      const task = { ...plain(operation), activation };
      try {
        const prepared = await contestant.prepare(workload, task);
        await prepared.first();
        takeAccesses(0);
        const { length: runs } = await prepared.time(0);
        const size = sizeOf(shape);
        const { reads, writes } = takeAccesses(size);
        passes.push({
          contestant: contestant.name,
          layout,
          operation,
          activation,
          reads: reads / size / runs,
          writes: writes / size / runs,
        });
        await prepared.dispose();
      } catch (error) {
        if (!(error instanceof Unsupported)) throw error;
      }
    }
  }
}
print(JSON.stringify(passes));
