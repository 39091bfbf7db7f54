import { BenchmarkError } from "@batchnorm/timing";

/** A name of cases that there are none of, or a shape that is not timed. */
export class CaseNameError extends BenchmarkError {
  constructor(message: string) {
    super("ERR_CASE_NAME", message);
  }
}

/** A run that cannot be resumed, or one that lies in the way. */
export class ResumeError extends BenchmarkError {
  constructor(message: string) {
    super("ERR_RESUME", message);
  }
}
