/** How the command ends. */
export const exitCodes = {
  ok: 0,
  /** a backend disagrees with the specification */
  disagreement: 1,
  /** an unknown command or option, a value out of range, a place that cannot be written */
  wrongUse: 2,
  /** Ctrl-C: 128 + SIGINT */
  interrupted: 130,
} as const;

/** Wrong use, found after the arguments were parsed; its message is all that is shown. */
export class UsageError extends Error {}
