/** What a page says: its console, by `console.log` or otherwise, or what it throws. */
export interface Said {
  readonly kind: "log" | "notice" | "error";
  readonly text: string;
}

/** A page in a browser of its own. */
export interface Opened<Page> {
  /** as the library knows it that drives the browser */
  readonly page: Page;
  close(): Promise<void>;
}

export interface Browser<Page = unknown> {
  /** A script that runs a program, where this browser would not tell what its pages say. */
  readonly begin?: (program: string) => string;
  open(address: string, hear: (said: Said) => void): Promise<Opened<Page>>;
}

/** Milliseconds after which a browser hangs. */
export const timeout = 10 * 60_000;
