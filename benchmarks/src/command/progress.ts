import { setImmediate } from "node:timers/promises";
import { groupTitle, type Progress, taskName } from "@batchnorm/timing";
import { DefaultRenderer, Listr, SimpleRenderer } from "listr2";

/**
 * Shows how far a run is and how much time is left: in place on a terminal, elsewhere a line whenever another case
 * begins, or not at all.
 */
export async function withProgress<Result>(
  silent: boolean,
  work: (onProgress: (progress: Progress) => void) => Promise<Result>,
): Promise<Result> {
  let result: Result | undefined;
  let lastCase: unknown;
  let show: (progress: Progress) => void = () => {};
  const working = work((progress) => show(progress));
  // what refuses a run does so before it waits for anything: no step is shown that never began
  await Promise.race([working, setImmediate()]);
  const tasks = new Listr(
    {
      title: "Time",
      task: async (_, task) => {
        show = (progress) => {
          task.title = groupTitle(progress);
          if (process.stdout.isTTY) task.output = taskName(progress.group.task);
          else if (progress.group.case !== lastCase) task.output = `${task.title}: ${taskName(progress.group.task)}`;
          lastCase = progress.group.case;
        };
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
