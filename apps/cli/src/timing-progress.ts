import { groupTitle, type Progress, taskName } from "@batchnorm/timing";

/** Shows on a step how far a run is: in place on a terminal, elsewhere a line whenever another case begins. */
export function timingProgress(step: { title: unknown; output: unknown }): (progress: Progress) => void {
  let lastCase: unknown;
  return (progress) => {
    step.title = groupTitle(progress);
    if (process.stdout.isTTY) step.output = taskName(progress.group.task);
    else if (progress.group.case !== lastCase) step.output = step.title;
    lastCase = progress.group.case;
  };
}
