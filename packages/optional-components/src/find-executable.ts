import { existsSync } from "node:fs";
import type { Presence } from "./component.js";

/** What an executable says of its version, or why it cannot be used. */
export type Answer = { readonly version: string } | { readonly failure: string };

export interface Search {
  /** Where it may be, the best first. Files that do not exist may be among them. */
  readonly candidates: readonly string[];
  readonly ask: (path: string) => Promise<Answer>;
  /** The variable that says where it is. */
  readonly variable: string;
  /** What to say where no candidate exists. */
  readonly nowhere: string;
  readonly remedy: string;
}

/** The first executable that tells its version, or why none does. */
export async function findExecutable({ candidates, ask, variable, nowhere, remedy }: Search): Promise<Presence> {
  const failures: string[] = [];
  for (const path of candidates) {
    if (!existsSync(path)) continue;
    const answer = await ask(path);
    if ("version" in answer) return { present: true, version: answer.version, path };
    failures.push(answer.failure);
  }
  if (failures.length > 0) return { present: false, reason: failures.join(", "), remedy };
  const chosen = process.env[variable];
  return { present: false, reason: chosen ? `${variable} is ${chosen}, where there is no file` : nowhere, remedy };
}
