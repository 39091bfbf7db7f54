import type { Browser } from "./browser.js";

/** A page that runs a program, which logs its one answer as JSON. */
export interface Visit<Page> {
  readonly page: Page;
  /** What the program answers, or answers after a reload. @throws where the page throws */
  answer<Answer>(): Promise<Answer>;
  /** What else the console showed. */
  readonly notices: readonly string[];
}

/** Opens a page in a browser of its own, and closes it once it was used. */
export async function visit<Page, Result>(
  browser: Browser<Page>,
  address: string,
  use: (visit: Visit<Page>) => Promise<Result>,
): Promise<Result> {
  const notices: string[] = [];
  let next = pending();
  const { page, close } = await browser.open(address, ({ kind, text }) => {
    if (kind === "log") next.resolve(text);
    else if (kind === "notice") notices.push(text);
    else next.reject(new Error(text));
  });
  try {
    return await use({
      page,
      notices,
      async answer() {
        const text = await next.promise;
        next = pending();
        return JSON.parse(text);
      },
    });
  } finally {
    await close();
  }
}

function pending() {
  let resolve = (_: string): void => {};
  let reject = (_: Error): void => {};
  const promise = new Promise<string>((whenSaid, whenThrown) => {
    [resolve, reject] = [whenSaid, whenThrown];
  });
  promise.catch(() => {}); // thrown to whom waits for it
  return { promise, resolve, reject };
}
