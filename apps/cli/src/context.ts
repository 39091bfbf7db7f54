import type { KnownBackend } from "./known-backend.js";

/** What a command is given, and what it leaves behind. */
export interface Context {
  /** the exit code */
  code: number;
  readonly backends: () => Promise<readonly KnownBackend[]>;
}
