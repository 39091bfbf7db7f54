import { setImmediate } from "node:timers/promises";
import { timingProgress } from "@batchnorm/cli/terminal";
import type { Progress } from "@batchnorm/timing";
import { DefaultRenderer, Listr, SimpleRenderer } from "listr2";

/** Shows how far a run is and how much time is left, or not at all. */
export async function withProgress<Result>(
  silent: boolean,
  work: (onProgress: (progress: Progress) => void) => Promise<Result>,
): Promise<Result> {
  let result: Result | undefined;
  let show: (progress: Progress) => void = () => {};
  const working = work((progress) => show(progress));
  // what refuses a run does so before it waits for anything: no step is shown that never began
  await Promise.race([working, setImmediate()]);
  const tasks = new Listr(
    {
      title: "Time",
      task: async (_, task) => {
        show = timingProgress(task);
        result = await working;
        task.title = "Timed";
      },
    },
    {
      concurrent: false,
      registerSignalListeners: false, // main.ts ends the process on Ctrl-C
      silentRendererCondition: silent,
      renderer: DefaultRenderer,
      fallbackRenderer: SimpleRenderer,
      rendererOptions: { formatOutput: "truncate" },
    },
  );
  await tasks.run();
  return result as Result;
}
