import { Bench } from "tinybench";

/** Times loops over n elements in turns and prints the best median of each. */
export async function compareLoops(n, loops) {
  const bench = new Bench({ time: 200, warmupTime: 200 });
  for (const [name, loop] of Object.entries(loops)) bench.add(name, loop);
  const best = new Map();
  for (let round = 0; round < 5; round++) {
    await bench.run();
    for (const { name, result } of bench.tasks) {
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, (result.latency.p50 * 1e6) / n));
    }
  }
  for (const [name, nanoseconds] of best) console.log(`${name.padEnd(20)} ${nanoseconds.toFixed(2)} ns per element`);
}
