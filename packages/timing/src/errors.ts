/** What timing throws where what it was given, or the machine, is at fault. `code` says for programs what went wrong. */
export class BenchmarkError extends Error {
  /** of the form `ERR_...` */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
    this.name = new.target.name;
  }
}

/** A file that is cut off, something else, of another version, or damaged. */
export class DocumentError extends BenchmarkError {
  constructor(message: string) {
    super("ERR_DOCUMENT", message);
  }
}

/** Another run is under way on this machine. */
export class BusyError extends BenchmarkError {
  constructor(message: string) {
    super("ERR_BUSY", message);
  }
}
