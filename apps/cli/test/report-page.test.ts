/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium as component } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportPage } from "../src/report/page/page.js";
import { parseReport } from "../src/report/report-json.js";
import { run } from "./run.js";

await describeWith(component, "the page of a report in a browser", (use) => {
  let root: string;
  let directory: string;
  let json: string;
  let browser: Browser;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "batchnorm-page-"));
    directory = join(root, "made", "for it");
    const { code, stdout } = await run(["report", "--json", "--out", directory]);
    expect(code).toBe(0);
    json = stdout;
    browser = await chromium.launch({ executablePath: use().path, args: ["--no-sandbox"], timeout: 0 });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(root, { recursive: true, force: true });
  });

  /** A page without limits of its own: those of the tests guard against hangs. */
  async function newPage(options?: Parameters<Browser["newPage"]>[0]): Promise<Page> {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(0);
    return page;
  }

  it("stands in a directory that was made for it, beside the report.json that --json prints", () => {
    expect(json).toBe(readFileSync(join(directory, "report.json"), "utf8"));
    expect(parseReport(json).full).toBe(false);
  });

  describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
    describe.each([360, 1280])("%i px wide", (width) => {
      const complaints: string[] = [];
      const requests: string[] = [];
      let page: Page;
      beforeAll(async () => {
        page = await newPage({ colorScheme, viewport: { width, height: 800 } });
        page.on("console", (message) => complaints.push(message.text()));
        page.on("pageerror", (error) => complaints.push(error.message));
        page.on("request", (request) => requests.push(request.url()));
        const url = pathToFileURL(join(directory, "index.html")).href;
        await page.goto(url, { waitUntil: "networkidle" });
        expect(requests.splice(0)).toEqual([url]);
        await page.evaluate(() => {
          for (const details of document.querySelectorAll("details")) details.open = true;
        });
      });
      afterAll(() => page?.close());

      it("loads nothing else and complains of nothing", () => {
        expect(requests).toEqual([]);
        expect(complaints).toEqual([]);
      });

      it("scrolls down only; wide tables scroll in their boxes", async () => {
        const found = await page.evaluate(() => ({
          page: document.documentElement.scrollWidth,
          boxes: [...document.querySelectorAll(".box")].map((box) => box.getBoundingClientRect().right),
          hasTables: document.querySelectorAll(".box > table > caption").length,
          tables: document.querySelectorAll("table").length,
        }));
        expect(found.page).toBeLessThanOrEqual(width);
        for (const right of found.boxes) expect(right).toBeLessThanOrEqual(width);
        expect(found.hasTables).toBe(found.tables);
        expect(found.tables).toBe(4);
      });

      it("shows the first three columns of each table without scrolling", async () => {
        const rights = await page.evaluate(() =>
          [...document.querySelectorAll("thead th:nth-child(3)")].map((head) => head.getBoundingClientRect().right),
        );
        expect(rights.length).toBe(4);
        for (const right of rights) expect(right).toBeLessThanOrEqual(width);
      });

      it("draws no mark of a chart over another", async () => {
        const hidden = await page.evaluate(() =>
          [...document.querySelectorAll("svg[role=img]")].flatMap((svg) => {
            const marks = [...svg.querySelectorAll("[aria-label=dot] > *")];
            return marks.flatMap((mark, at) => {
              const one = mark.getBoundingClientRect();
              const over = marks.slice(at + 1).filter((next) => {
                const other = next.getBoundingClientRect();
                return (
                  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
                );
              });
              return over.map((next) => `${mark.textContent} and ${next.textContent}`);
            });
          }),
        );
        expect(hidden).toEqual([]);
      });

      it("has its charts, described, with marks and with text large enough to read", async () => {
        const charts = await page.evaluate(() =>
          [...document.querySelectorAll("svg[role=img]")].map((svg) => ({
            label: svg.getAttribute("aria-label") ?? "",
            marks: svg.querySelectorAll("[aria-label=dot] path, [aria-label=dot] circle").length,
            textHeights: [...svg.querySelectorAll("text")].map((text) => text.getBoundingClientRect().height),
            inside: [...svg.querySelectorAll("text")].every((text) => {
              const box = text.getBoundingClientRect();
              const card = svg.closest(".card")?.getBoundingClientRect();
              return (
                card !== undefined && box.left >= card.left && box.right <= card.right && box.bottom <= card.bottom
              );
            }),
          })),
        );
        expect(charts.map(({ label }) => label.slice(0, 30))).toEqual([
          expect.stringContaining("Median time of one training"),
          expect.stringContaining("Median time of one training"),
          expect.stringContaining("Median time of one inference"),
          expect.stringContaining("Worst error in ulp"),
          expect.stringContaining("Worst error in ulp"),
        ]);
        for (const { label, marks, textHeights, inside } of charts) {
          expect(label).toMatch(/cpu/);
          expect(marks).toBeGreaterThanOrEqual(6);
          expect(Math.min(...textHeights)).toBeGreaterThanOrEqual(11);
          expect(inside).toBe(true);
        }
      });

      it("has text that stands out from what is behind it", async () => {
        const contrasts = await page.evaluate(measureContrasts);
        expect(contrasts.length).toBeGreaterThan(100);
        for (const { text, ratio } of contrasts) expect(ratio, text).toBeGreaterThanOrEqual(4.5);
      });

      it("is dark where the reader's system is", async () => {
        const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const [red = 0] = background.match(/\d+/g)?.map(Number) ?? [];
        if (colorScheme === "dark") expect(red).toBeLessThan(60);
        else expect(red).toBeGreaterThan(200);
      });
    });
  });

  it("shows whatever a report holds as text", async () => {
    const report = parseReport(json);
    const nasty = `"><img src=x onerror="alert(1)"><b>&lt;'`;
    const named = (name: string) => (name === "cpu" ? { name: nasty } : {});
    const isCpu = ({ implementation }: { implementation: string }) => implementation === "cpu";
    const page = await newPage();
    await page.setContent(
      reportPage({
        ...report,
        machine: { ...report.machine, cpu: nasty },
        backends: report.backends.map((backend) => ({ ...backend, name: nasty })),
        implementations: report.implementations.map((one) => ({ ...one, about: nasty, ...named(one.name) })),
        absent: [{ kind: "component", name: nasty, reason: nasty, remedy: nasty }],
        checks: report.checks.map((check) => ({
          ...check,
          backend: nasty,
          passed: false,
          failures: [{ backend: nasty, dtype: "float32", case: nasty, message: nasty }],
          rows: check.rows.map((row) => ({ ...row, backend: nasty, case: nasty })),
        })),
        groups: report.groups.map((group) => ({
          ...group,
          cells: group.cells.map((cell) => (isCpu(cell) ? { ...cell, implementation: nasty } : cell)),
        })),
        recommendation: report.recommendation && { ...report.recommendation, sentence: nasty, backend: nasty },
      }),
    );
    const found = await page.evaluate(() => ({
      strangers: document.querySelectorAll("img, b").length,
      lead: document.querySelector(".lead")?.textContent,
      chart: document.querySelector("svg[role=img]")?.getAttribute("aria-label"),
      titles: [...document.querySelectorAll("svg[role=img] title")].map((title) => title.textContent).join("\n"),
      legend: document.querySelector(".legend li")?.textContent,
    }));
    await page.close();
    expect(found.strangers).toBe(0);
    expect(found.lead).toBe(`${nasty}.`);
    expect(found.chart).toContain(nasty);
    expect(found.titles).toContain(nasty);
    expect(found.legend).toBe(nasty);
  });

  it("draws one backend of each package, and the baselines; its tables have all", async () => {
    const report = parseReport(json);
    const page = await newPage();
    await page.goto(pathToFileURL(join(directory, "index.html")).href);
    const found = await page.evaluate(() => {
      const texts = (selector: string) => [...document.querySelectorAll(selector)].map((one) => one.textContent ?? "");
      return { legend: texts(".legend:first-of-type li"), rows: texts("tbody th[scope=row]") };
    });
    await page.close();
    const drawn = report.backends.filter(({ name }) => found.legend.includes(name));
    expect(drawn.map((one) => one.package)).toEqual([...new Set(report.backends.map((one) => one.package))]);
    expect(drawn.map(({ name }) => name)).toContain(report.recommendation?.backend);
    for (const { name, kind } of report.implementations) {
      if (kind === "peer") expect(found.legend).toContain(name);
      expect(found.rows).toContain(name);
    }
  });

  it("gives a reason that several absent ones share once", () => {
    const absent = { reason: "/a/long/path is missing", remedy: "install it" };
    const page = reportPage({
      ...parseReport(json),
      absent: [
        { kind: "backend", name: "tfjs-tensorflow", ...absent },
        { kind: "component", name: "tfjs-node", ...absent },
      ],
    });
    expect(page.split("/a/long/path")).toHaveLength(2);
    expect(page).toContain("tfjs-tensorflow, tfjs-node absent: /a/long/path is missing; install it");
  });

  it("has one heading of the first level and no level left out", async () => {
    const page = await newPage();
    await page.goto(pathToFileURL(join(directory, "index.html")).href);
    const levels = await page.evaluate(() =>
      [...document.querySelectorAll("h1, h2, h3, h4")].map((heading) => Number(heading.tagName.slice(1))),
    );
    await page.close();
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  });
});

/** Runs in the page: the contrast (WCAG 2) of every piece of text with the background behind it. */
function measureContrasts(): { text: string; ratio: number }[] {
  const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element | null): string => {
    if (element === null) return "rgb(255, 255, 255)";
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  const found: { text: string; ratio: number }[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim() ?? "";
    if (element === null || text === "" || element.closest("title, style") !== null) continue;
    const style = getComputedStyle(element);
    const color = luminance(element.closest("svg") === null ? style.color : style.fill);
    const background = luminance(behind(element));
    found.push({ text, ratio: (Math.max(color, background) + 0.05) / (Math.min(color, background) + 0.05) });
  }
  return found;
}
