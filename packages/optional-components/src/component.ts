/** A component that was found: it answered when it was asked for its version. */
export interface Present {
  readonly present: true;
  readonly version: string;
  /** Where it is, if it is a file. */
  readonly path?: string;
}

/** A component that cannot be used here. Both texts are shown to people, joined by a semicolon. */
export interface Absent {
  readonly present: false;
  /** What was looked for and what came instead, without a full stop. */
  readonly reason: string;
  /** What makes it present, in the imperative, without a full stop. */
  readonly remedy: string;
}

export type Presence = Present | Absent;

/**
 * Something that a machine may lack and that not everything needs: a browser, a native engine, another language.
 * Probing looks only at this machine and changes nothing.
 */
export interface Component {
  /** As people name it in `BATCHNORM_REQUIRE`: lower case, digits and hyphens. */
  readonly name: string;
  /** What it is for, in half a sentence. */
  readonly purpose: string;
  probe(): Promise<Presence>;
}
