import { runGroups } from "@batchnorm/timing";
import { DefaultRenderer, Listr, type ListrTask, SimpleRenderer } from "listr2";
import { runCheck } from "../check/run-check.js";
import type { KnownBackend, OpenBackend } from "../known-backend.js";
import { timingProgress } from "../timing-progress.js";
import { type Found, findImplementations, look, planOf } from "./collect.js";

/** What of a task is changed while it runs. */
type ListrTaskWrapper = { title: unknown; output: unknown };

type Task = ListrTask<Found, typeof DefaultRenderer, typeof SimpleRenderer>;

/** Does the work of a report and shows how far it is: in place on a terminal, line by line elsewhere, or not at all. */
export async function work(found: Found, backends: readonly KnownBackend[], silent: boolean): Promise<void> {
  const tasks: Task[] = [
    {
      title: "Look for backends and components",
      task: async (_, task) => {
        await look(found, backends);
        task.title = `Found ${names(found.open)}${absentNames(found)}`;
      },
    },
    {
      title: "Check against the specification on real digits",
      task: (_, task) => task.newListr(found.open.map((one) => checkTask(found, one))),
    },
    {
      title: "Time the backends that agree, and the baselines",
      task: (_, task) => time(found, task),
    },
  ];
  await new Listr(tasks, {
    ctx: found,
    concurrent: false,
    registerSignalListeners: false, // main.ts ends the process on Ctrl-C
    silentRendererCondition: silent,
    renderer: DefaultRenderer,
    fallbackRenderer: SimpleRenderer,
    rendererOptions: { collapseSubtasks: false, formatOutput: "truncate" },
  }).run();
}

function checkTask(found: Found, one: OpenBackend): Task {
  return {
    title: one.name,
    task: async (_, task) => {
      const check = await runCheck(one, (done, of, name) => detail(task, `${done + 1} of ${of}: ${name}`));
      found.checks.push(check);
      task.title = `${one.name} ${check.passed ? "agrees" : "DISAGREES"}`;
    },
  };
}

async function time(found: Found, task: ListrTaskWrapper): Promise<void> {
  await findImplementations(found);
  await runGroups({
    ...planOf(found),
    implementations: found.implementations,
    onEntry: (entry) => found.entries.push(entry),
    onProgress: timingProgress(task),
  });
  task.title = `Timed ${names(found.implementations)}`;
}

/** What changes many times a second: only where it can be drawn over. */
function detail(task: { output: unknown }, text: string): void {
  if (process.stdout.isTTY) task.output = text;
}

function names(of: readonly { readonly name: string }[]): string {
  return of.map(({ name }) => name).join(", ") || "nothing";
}

function absentNames({ absentBackends, absentComponents }: Found): string {
  const absent = [...absentBackends, ...absentComponents];
  return absent.length === 0 ? "" : `; absent: ${names(absent)}`;
}
