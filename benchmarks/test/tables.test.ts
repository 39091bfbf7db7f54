import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@batchnorm/testing/folder";
import type { ResultCell } from "@batchnorm/timing";
import { formatBytes, formatShare, formatSpeed } from "@batchnorm/timing";
import { describe, expect, it } from "vitest";
import { caseNamed } from "../src/cases/named.js";
import { pairRatios } from "../src/results/ratios.js";
import { outdatedDocuments } from "../src/results/tables/documents.js";
import { leftOutTable } from "../src/results/tables/left-out.js";
import { networkTables } from "../src/results/tables/networks.js";
import { resultPage } from "../src/results/tables/page.js";
import { ratioTable } from "../src/results/tables/ratios.js";
import { runTables } from "../src/results/tables/run.js";
import { shapeTables } from "../src/results/tables/shapes.js";
import { writeResult } from "../src/results/write.js";
import { madeResult, type Speeds } from "./result-builder.js";

const lacks: ResultCell = { outcome: "skipped", implementation: "peer", reason: "no channels | first" };
const wrong: ResultCell = {
  outcome: "disagrees",
  implementation: "peer",
  errors: [{ result: "dx", ulp: 2000, limit: 1024 }],
};
const speeds: Speeds = {
  cpu: () => 5,
  peer: ({ case: { layout, shape } }) => (layout === "channels-first" ? lacks : shape.length === 5 ? wrong : 2.5),
};
const cases = [...caseNamed("resnet50/b32"), ...caseNamed("dense"), ...caseNamed("video"), ...caseNamed("scaling")];
const result = madeResult({ cases, speeds });

describe("the tables of a result", () => {
  it("show every shape with time, spread, GB/s, share of the roofline and ratio", () => {
    const shapes = shapeTables(result);
    expect(shapes).toContain("<summary>dense, batch 256: training step</summary>");
    expect(shapes).toMatch(
      /^\| \(256, 512\) \| 419 µs<br>10\.0 GB\/s \| 839 µs ±0\.\d %<br>5\.00 GB\/s, 50 %, 1\.0× \| 1\.68 ms ±0\.\d %<br>2\.50 GB\/s, 25 %, 2\.0× \|$/m,
    );
    expect(shapes).toMatch(/^\| \(32, 64, 56, 56\), channels first .* \| skipped \|$/m);
    expect(shapes).toContain("<summary>scaling, batch 64: inference</summary>");
  });

  it("sum up what was timed on a whole network, with spread, and leave out what nobody was timed on", () => {
    const networks = networkTables(result);
    expect(networks).toMatch(/^A network's time is the sum of its batch norms' medians/);
    expect(networks).toContain("**ResNet-50, batch 32**");
    expect(networks).toMatch(/^\| implementation \| training step, channels first \|.* inference, channels last \|$/m);
    expect(networks).toMatch(/^\| cpu \| [\d.]+ m?s ±0\.\d % \(1\.0×\) \|/m);
    expect(networks).toMatch(
      /^\| peer \| – \| – \| [\d.]+ m?s ±0\.\d % \(2\.0×\) \| [\d.]+ m?s ±0\.\d % \(2\.0×\) \|$/m,
    );
    expect(networks).toMatch(
      /^- peer: – where a case has no time, of 12 in all, such as resnet50\/b32\/64x112x112\/channels-first/m,
    );
    const [first, ...others] = caseNamed("resnet50/b32").map((one) => madeResult({ cases: [one], speeds }).groups);
    const relu = (first ?? []).map((group) => ({ ...group, activation: "relu" as const }));
    const partly = { ...result, groups: [...(first ?? []), ...others.flat(), ...relu] };
    expect(networkTables(partly)).not.toContain("with ReLU");
    expect(networkTables({ ...result, groups: relu })).toBe("No network was timed as a whole.");
  });

  it("show each peer's least, median and largest ratio, and at which case it is the least", () => {
    const uneven = madeResult({
      cases: caseNamed("dense"),
      speeds: { cpu: () => 6, peer: ({ case: { shape } }) => (shape[0] === 4096 ? 12 : shape[1] === 512 ? 6 : 2) },
      operations: ["infer"],
    });
    expect(ratioTable(uneven)).toContain(
      "| inference | fresh | cpu | peer | 10 | 0.50× (dense/b4096/512) | 3.0× | 3.0× |",
    );
    expect(ratioTable(madeResult({ cases, speeds: { cpu: () => 5 } }))).toMatch(/^No peer was timed/);
  });

  it("show the copies on every number of threads, and shares of that of the implementation", () => {
    const threads = madeResult({ cases, speeds: { cpu: () => 5, two: () => 5 }, threads: { two: 2 } });
    expect(shapeTables(threads)).toMatch(
      /^\| \(256, 512\) \| 419 µs<br>10\.0 GB\/s \| 210 µs<br>20\.0 GB\/s \| .*, 50 %, 1\.0× \| .*, 25 %, 1\.0× \|$/m,
    );
    expect(shapeTables(threads)).toContain("| shape | copying, 1 thread | copying, 2 threads | cpu | two |");
  });

  it("tell who took part, and what was left out and why", () => {
    expect(runTables(result)).toContain("| peer | peer | 4.5.6 | 1 | what peer is |");
    expect(runTables(result)).toContain("- onnx absent: no engine found; install one");
    expect(runTables(result)).toMatch(/^Measured on 2025-06-01 with batchnorm 1\.2\.3 at 0123456789ab, .* 4 cores of/);
    const left = leftOutTable(result);
    expect(left).toMatch(
      /^\| peer \| skipped: no channels \\\| first \| \d+ \| resnet50\/b32\/64x112x112\/channels-first step fresh \|$/m,
    );
    expect(left).toMatch(/disagrees: dx is off by 2000 ulp of 1024/);
    expect(leftOutTable(madeResult({ cases, speeds: { cpu: () => 5 } }))).toBe("Everything was timed.");
  });

  it("say where the machine was noisy", () => {
    expect(runTables(result)).toContain("varied by at most 5 % during the run");
    expect(runTables(madeResult({ cases, speeds, drift: [10, 15] }))).toContain(
      "**The machine was noisy**: the speed of the same copy varied by up to 50 %",
    );
  });

  it("stand on one page, with any number of implementations, and none", () => {
    expect(resultPage(madeResult({ cases, speeds: { ...speeds, third: () => 1 } }))).toContain("third");
    const page = resultPage(madeResult({ cases: [], speeds: {} }));
    for (const heading of ["# Benchmark usual, 2025-06-01", "## Networks", "## Every shape", "## Left out"]) {
      expect(page).toContain(`${heading}\n`);
    }
  });
});

describe("a backend beside its peers", () => {
  const pairsOf = (speeds: Speeds, threads: Readonly<Record<string, number>>) =>
    pairRatios(madeResult({ cases: caseNamed("small/b8"), speeds, threads, operations: ["infer"] })).map(
      ({ backend, peer, median }) => [backend, peer, Number(median.toFixed(3))],
    );

  it("has peers on as many threads, or those that have one only", () => {
    const speeds = { wasm: () => 10, pytorch: () => 5, "pytorch 2 threads": () => 4, "baseline tfjs-wasm": () => 1 };
    const threads = { wasm: 2, "pytorch 2 threads": 2 };
    expect(pairsOf(speeds, threads)).toEqual([
      ["wasm", "pytorch 2 threads", 2.5],
      ["wasm", "baseline tfjs-wasm", 10],
    ]);
  });

  it("is compared with TensorFlow.js alone on its own engine only, on TensorFlow.js", () => {
    const speeds = {
      "tfjs-tensorflow 2 threads": () => 20,
      "baseline tfjs-tensorflow": () => 5,
      "baseline tfjs-tensorflow 2 threads": () => 2,
      "baseline tfjs-wasm": () => 1,
      pytorch: () => 1,
    };
    const threads = { "tfjs-tensorflow 2 threads": 2, "baseline tfjs-tensorflow 2 threads": 2 };
    expect(pairsOf(speeds, threads)).toEqual([["tfjs-tensorflow 2 threads", "baseline tfjs-tensorflow 2 threads", 10]]);
  });

  it("that reuses results is compared with PyTorch whose malloc retains memory, which cannot", () => {
    const speeds: Speeds = { cpu: () => 10, pytorch: () => 5, "pytorch malloc retained": () => 8 };
    const fresh = madeResult({ cases: caseNamed("small/b8"), speeds, operations: ["infer"] });
    const reused = fresh.groups.map((group) => ({
      ...group,
      outputs: "reused" as const,
      cells: group.cells.slice(0, 1),
    }));
    const ratios = pairRatios({ ...fresh, groups: [...fresh.groups, ...reused] });
    expect(ratios.filter(({ outputs }) => outputs === "reused")).toMatchObject([{ peer: "pytorch malloc retained" }]);
  });
});

describe("the documents of the repository", () => {
  const start = "<!-- benchmark: in short -->";
  const end = "<!-- end of benchmark -->";
  const marked = `# Title\n${start}\nold\n${end}\nafter\n`;
  const threads = {
    ...madeResult({
      cases: caseNamed("resnet50/b32/512x7x7"),
      operations: ["train", "infer"],
      threads: { "wasm 4 threads": 4, "pytorch malloc retained 4 threads": 4 },
      speeds: { "wasm 4 threads": () => 20, "pytorch malloc retained 4 threads": () => 10, pytorch: () => 1 },
    }),
    profile: "threads",
  };
  const engines = {
    ...madeResult({
      cases: caseNamed("small"),
      operations: ["step"],
      speeds: { "tfjs-wasm": () => 9, "baseline tfjs-wasm": () => 3 },
    }),
    profile: "engines",
  };
  const root = (readme = marked, performance = "no marks\n") => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "docs"));
    mkdirSync(join(folder, "benchmarks", "results"), { recursive: true });
    writeFileSync(join(folder, "README.md"), readme);
    writeFileSync(join(folder, "docs", "performance.md"), performance);
    return folder;
  };
  const add = (folder: string, name: string, one = result) =>
    writeResult(join(folder, "benchmarks", "results", `${name}.json`), one);
  const writeAll = (folder: string) => {
    const outdated = outdatedDocuments(folder);
    for (const { file, text } of outdated) writeFileSync(join(folder, file), text);
    return outdated.map(({ file }) => file);
  };

  it("are a page beside every result, and the short table between its marks, until the results change", () => {
    const folder = root(marked, marked);
    add(folder, "one");
    add(folder, "threads", threads);
    add(folder, "engines", engines);
    const pages = ["engines", "one", "threads"].map((name) => `benchmarks/results/${name}.md`);
    expect(writeAll(folder)).toEqual([...pages, "README.md", "docs/performance.md"]);
    expect(outdatedDocuments(folder)).toEqual([]);
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    expect(readme).toMatch(/^# Title\n<!-- benchmark: in short -->\n\n\| operation /);
    expect(readme).toContain(
      "| training forward | wasm 4 threads | pytorch malloc retained 4 threads | 2 | 2.0× | 2.0× | 2.0× |",
    );
    expect(readme).toContain("| training step | tfjs-wasm | baseline tfjs-wasm | 4 | 3.0× | 3.0× | 3.0× |");
    expect(readme).toMatch(/\n\n<!-- end of benchmark -->\nafter\n$/);
    expect(readme).not.toMatch(/^old$/m);
    add(folder, "later", { ...threads, started: "2025-08-01T10:00:00.000Z" });
    expect(writeAll(folder)).toEqual(["benchmarks/results/later.md", "README.md", "docs/performance.md"]);
    expect(readFileSync(join(folder, "README.md"), "utf8")).toContain("Measured on 2025-08-01");
  });

  it("show no figures of a run that calls itself noisy", () => {
    const folder = root();
    add(folder, "threads", { ...threads, drift: madeResult({ cases, speeds, drift: [10, 15] }).drift });
    add(folder, "engines", engines);
    expect(() => outdatedDocuments(folder)).toThrow(
      /threads\.json calls itself noisy: .* 1\.50 times .* measure again/,
    );
  });

  it("need a result for the short table", () => {
    const folder = root();
    expect(() => outdatedDocuments(folder)).toThrow(/no result of the profile threads .* --profile threads/);
    add(folder, "threads", threads);
    expect(() => outdatedDocuments(folder)).toThrow(/no result of the profile engines .* --profile engines/);
  });

  it.each([
    ["no marks\n", /README\.md must have the short table once, .* not at all/],
    [`${marked}${marked}`, /README\.md must have the short table once, .* 2 times/],
    [`${start}\n`, /README\.md: the mark .* has no "<!-- end of benchmark -->" after it/],
  ])("are refused with marks that are not right: %j", (readme, message) => {
    const folder = root(readme);
    add(folder, "threads", threads);
    add(folder, "engines", engines);
    expect(() => outdatedDocuments(folder)).toThrow(message);
  });
});

describe("figures", () => {
  it("have three digits and a unit", () => {
    expect([784, 1024, 50_176, 999_700, 401e6, 2e9, 16e12].map(formatBytes)).toEqual([
      "784 B",
      "1.02 KB",
      "50.2 KB",
      "1.00 MB",
      "401 MB",
      "2.00 GB",
      "16000 GB",
    ]);
    expect([0.034, 6.234, 123.4].map(formatSpeed)).toEqual(["0.03 GB/s", "6.23 GB/s", "123 GB/s"]);
    expect([0, 0.0042, 0.41, 1.2].map(formatShare)).toEqual(["0 %", "0.4 %", "41 %", "120 %"]);
  });
});
