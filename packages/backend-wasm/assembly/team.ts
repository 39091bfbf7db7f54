/**
 * How threads share the tasks of a phase. One, the caller, opens a phase and closes it when all tasks are done; it takes
 * part. The others, helpers, take tasks while there are any, look for more a little while, then sleep.
 *
 * Who takes a task moves `turn` from (generation, i) to (generation, i + 1) in one step. A helper that was late finds
 * another generation there and takes nothing, so that no phase waits for those that did not come. `total` is read before
 * that step, and counts if the step succeeds: it is only written while the turn is closed.
 */
import { job } from "./job";
import { runTask } from "./phases";

const turn: usize = 64;
const epoch: usize = 128;
const done: usize = 192;
const asleep: usize = 256;
const ended: usize = 320;
const progress: usize = 384;

const closed: i64 = 0x7fffffff;
const indexMask: i64 = 0xffffffff;
/** Looks before a helper sleeps, and before the caller does: some 50 microseconds, as long as it takes to wake one. */
const looks = 20000;
const looksOfCaller = 30000;
/** Milliseconds without progress after which a helper is taken for dead, and the most of them that one look counts. */
const patience: f64 = 700;
const longestLook: f64 = 20;

// @ts-ignore: decorator
@external("host", "now")
declare function now(): f64;

/** Whether this thread may sleep until another wakes it: a page's own may not. */
let maySleep: bool = true;

export function allowSleep(may: bool): void {
  maySleep = may;
}

/** Tells the caller that this thread is alive, in tasks that take long: now and then, as threads wait for the line. */
export function showProgress(): void {
  if ((++steps & 31) == 0) atomic.add<i32>(progress, 1);
}

let steps: i32 = 0;

/**
 * Does all tasks of a phase.
 *
 * @returns false where a helper has taken a task and not been heard of since
 */
export function runPhase(phase: i32, tasks: i32): bool {
  if (!job.parallel || tasks < 2) {
    for (let i = 0; i < tasks; i++) runTask(phase, i);
    return true;
  }
  const generation = ((atomic.load<i64>(turn) >> 32) + 1) << 32;
  atomic.store<i64>(turn, generation | closed);
  job.phase = phase;
  job.tasks = tasks;
  atomic.store<i32>(done, 0);
  atomic.store<i64>(turn, generation);
  atomic.add<i32>(epoch, 1);
  if (atomic.load<i32>(asleep) > 0) atomic.notify(epoch, -1);
  takeTasks();
  const isDone = waitForOthers(tasks);
  atomic.store<i64>(turn, generation | closed);
  return isDone;
}

/** Takes tasks and does them until there is none. */
function takeTasks(): void {
  while (true) {
    const now = atomic.load<i64>(turn);
    const index = <i32>(now & indexMask);
    if (index >= job.tasks) return;
    if (atomic.cmpxchg<i64>(turn, now, now + 1) != now) continue;
    runTask(job.phase, index);
    if (atomic.add<i32>(done, 1) + 1 == job.tasks) atomic.notify(done, -1);
  }
}

function waitForOthers(tasks: i32): bool {
  let heard = atomic.load<i32>(progress);
  let since: f64 = -1;
  let silence: f64 = 0;
  let left = looksOfCaller;
  while (true) {
    const finished = atomic.load<i32>(done);
    if (finished == tasks) return true;
    if (--left > 0) continue;
    left = looksOfCaller;
    if (since >= 0 && maySleep) atomic.wait<i32>(done, finished, 1000000);
    const time = now();
    const sign = atomic.load<i32>(progress) + finished;
    if (since < 0 || sign != heard) silence = 0;
    else silence += min(time - since, longestLook);
    if (silence > patience) return false;
    heard = sign;
    since = time;
  }
}

/** What a helper does until it is told to end. */
export function help(): void {
  while (!atomic.load<i32>(ended)) {
    const seen = atomic.load<i32>(epoch);
    if (isOpen()) {
      takeTasks();
      continue;
    }
    let left = looks;
    while (--left > 0 && atomic.load<i32>(epoch) == seen && !atomic.load<i32>(ended)) {}
    if (left > 0) continue;
    atomic.add<i32>(asleep, 1);
    if (!atomic.load<i32>(ended)) atomic.wait<i32>(epoch, seen, -1);
    atomic.sub<i32>(asleep, 1);
  }
}

function isOpen(): bool {
  return <i32>(atomic.load<i64>(turn) & indexMask) < job.tasks;
}

/** Ends every helper, asleep or not. */
export function end(): void {
  atomic.store<i32>(ended, 1);
  atomic.add<i32>(epoch, 1);
  atomic.notify(epoch, -1);
}
