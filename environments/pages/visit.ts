import { chromium, type Page } from "playwright-core";

/** A page that runs a program, which logs its one answer as JSON. */
export interface Visit {
  readonly page: Page;
  /** What the program answers, or answers after a reload. @throws where the page throws */
  answer<Answer>(): Promise<Answer>;
  /** What else the console showed. */
  readonly notices: readonly string[];
}

/** Milliseconds after which a browser hangs. */
const timeout = 10 * 60_000;

/**
 * Opens a page in a browser of its own on two processors, and closes it once it was used.
 *
 * @param executablePath the browser, Chromium
 */
export async function visit<Result>(
  executablePath: string,
  address: string,
  use: (visit: Visit) => Promise<Result>,
): Promise<Result> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"], timeout });
  try {
    const page = await browser.newPage();
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setHardwareConcurrencyOverride", { hardwareConcurrency: 2 });
    const notices: string[] = [];
    let answer = firstAnswer(page, notices);
    await page.goto(address, { timeout });
    return await use({
      page,
      notices,
      async answer() {
        const text = await answer;
        answer = firstAnswer(page, notices);
        return JSON.parse(text);
      },
    });
  } finally {
    await browser.close();
  }
}

function firstAnswer(page: Page, notices: string[]): Promise<string> {
  page.removeAllListeners("console").removeAllListeners("pageerror");
  const answer = new Promise<string>((resolve, reject) => {
    page.on("console", (message) => {
      if (message.type() === "log") resolve(message.text());
      else notices.push(message.text());
    });
    page.on("pageerror", (error) => reject(error));
  });
  answer.catch(() => {}); // thrown to whom waits for it
  return answer;
}
