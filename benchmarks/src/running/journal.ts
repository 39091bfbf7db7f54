/**
 * What a run has found so far, so that it can be stopped and resumed: a file of JSON lines beside the results. The first
 * line says what the run is, each further one is a group, or a copy that tells of drift. It goes when the
 * result is written.
 */
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import type { ResultGroup } from "@batchnorm/timing";
import * as v from "valibot";
import { ResumeError } from "../errors.js";
import { resultEntries } from "../results/schema.js";
import { writeWhole } from "../results/write.js";

const { groups, drift, finished: _, ...head } = resultEntries;
const headSchema = v.strictObject(head);
const entrySchema = v.union([v.strictObject({ group: groups.item }), v.strictObject({ drift: drift.item })]);

/** What a run is: what of a result is known before anything is measured. */
export type RunHead = v.InferOutput<typeof headSchema>;
export type JournalEntry = v.InferOutput<typeof entrySchema>;

/** The file, and what it holds. */
export class Journal {
  readonly path: string;
  readonly head: RunHead;
  readonly entries: JournalEntry[];

  private constructor(path: string, head: RunHead, entries: JournalEntry[]) {
    this.path = path;
    this.head = head;
    this.entries = entries;
  }

  /** Starts a run. @throws ResumeError where one that was stopped lies there */
  static start(path: string, head: RunHead): Journal {
    if (existsSync(path)) {
      throw new ResumeError(`a run that was stopped lies in ${path}; go on with --resume, or remove the file`);
    }
    writeWhole(path, asLines([v.parse(headSchema, head)]));
    return new Journal(path, head, []);
  }

  /**
   * Goes on with a run.
   *
   * @param now what it would be, were it started now
   * @throws ResumeError where there is none, it is damaged, or it would mix with what differs from it
   */
  static resume(path: string, now: RunHead): Journal {
    if (!existsSync(path)) throw new ResumeError(`there is no run to resume: ${path} does not exist`);
    const [first = "", ...lines] = readFileSync(path, "utf8").split("\n");
    const head = v.safeParse(headSchema, parsed(first));
    if (!head.success) throw new ResumeError(`${path} is no run of this version of batchnorm; remove it`);
    const differing = differences(head.output, now);
    if (differing.length > 0) {
      throw new ResumeError(
        `the run in ${path} had another ${differing.join(", ")}, and results would mix; give the same options as then, or remove the file, and start again`,
      );
    }
    const cutOff = lines.pop(); // what follows the last line break: nothing, or a line that was not written to its end
    const entries = lines.map((line, index) => {
      const entry = v.safeParse(entrySchema, parsed(line));
      if (entry.success) return entry.output;
      throw new ResumeError(
        `${path} is damaged in line ${index + 2}; remove that line, and what it had is measured again, or remove the file, and start again`,
      );
    });
    const last = v.safeParse(entrySchema, parsed(cutOff ?? ""));
    if (last.success) entries.push(last.output);
    writeWhole(path, asLines([head.output, ...entries]));
    return new Journal(path, head.output, entries);
  }

  add(entry: JournalEntry): void {
    this.entries.push(entry);
    appendFileSync(this.path, asLines([v.parse(entrySchema, entry)]));
  }

  /** The groups that were timed. */
  groups(): ResultGroup[] {
    return this.entries.flatMap((entry) => ("group" in entry ? [entry.group] : []));
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

function asLines(of: readonly unknown[]): string {
  return of.map((one) => `${JSON.stringify(one)}\n`).join("");
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** What of a run has to stay the same for it to be one run. */
const identity = ["version", "commit", "profile", "budget", "machine", "place", "implementations", "absent"] as const;

function differences(before: RunHead, now: RunHead): string[] {
  return identity.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]));
}
