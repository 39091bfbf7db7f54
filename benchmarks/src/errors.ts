/** What went wrong, for programs; the message says it for people. */
export type BenchmarkErrorCode =
  /** A name of cases that there are none of, or a shape that is not timed. */
  | "ERR_CASE_NAME"
  /** A file that is cut off, something else, of another version, or damaged. */
  | "ERR_DOCUMENT"
  /** A Markdown file whose marks for tables do not fit the tables. */
  | "ERR_TABLES"
  /** Another run is under way on this machine. */
  | "ERR_BUSY"
  /** A run that cannot be resumed, or one that lies in the way. */
  | "ERR_RESUME"
  /** An implementation that there is none of, or none that can run here. */
  | "ERR_IMPLEMENTATION";

/** What the benchmarks throw where what they were given is at fault. */
export class BenchmarkError extends Error {
  readonly code: BenchmarkErrorCode;

  constructor(code: BenchmarkErrorCode, message: string) {
    super(message);
    this.code = code;
    this.name = new.target.name;
  }
}

/** A name of cases that there are none of, or a shape that is not timed. */
export class CaseNameError extends BenchmarkError {
  constructor(message: string) {
    super("ERR_CASE_NAME", message);
  }
}

/** A file that is cut off, something else, of another version, or damaged. */
export class DocumentError extends BenchmarkError {
  constructor(message: string) {
    super("ERR_DOCUMENT", message);
  }
}

/** A Markdown file whose marks for tables do not fit the tables. */
export class TablesError extends BenchmarkError {
  constructor(message: string) {
    super("ERR_TABLES", message);
  }
}

/** Another run is under way on this machine. */
export class BusyError extends BenchmarkError {
  constructor(message: string) {
    super("ERR_BUSY", message);
  }
}

/** A run that cannot be resumed, or one that lies in the way. */
export class ResumeError extends BenchmarkError {
  constructor(message: string) {
    super("ERR_RESUME", message);
  }
}

/** An implementation that there is none of, or none that can run here. */
export class ImplementationError extends BenchmarkError {
  constructor(message: string) {
    super("ERR_IMPLEMENTATION", message);
  }
}
