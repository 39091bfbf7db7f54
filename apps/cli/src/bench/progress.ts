import { setImmediate } from "node:timers/promises";
import { type Progress, shapeOf, taskName } from "@batchnorm/benchmarks";
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

/** How far a run is, and what is timed: `3 of 9, 40 s left: ...` */
export function groupTitle({ done, of, group, left }: Progress): string {
  const { set, dtype } = group.case;
  const about = `${set} ${shapeOf(group.case)}${dtype === "float32" ? "" : ` ${dtype}`}`;
  return `${done + 1} of ${of}, ${left === null ? "time left not known yet" : `${durationOf(left)} left`}: ${about}`;
}

/** `40 s`, `7 min` */
function durationOf(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}
