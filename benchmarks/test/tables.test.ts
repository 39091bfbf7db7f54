import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { caseNamed } from "../src/cases/named.js";
import { formatBytes, formatShare, formatSpeed } from "../src/format.js";
import type { ResultCell } from "../src/results/schema.js";
import { tableBlocks } from "../src/results/tables/blocks.js";
import { outdatedDocuments } from "../src/results/tables/documents.js";
import { withTables } from "../src/results/tables/insert.js";
import { profileOf } from "../src/results/tables/profiles.js";
import { summaryCases } from "../src/results/tables/summary.js";
import { writeResult } from "../src/results/write.js";
import { temporaryFolder } from "./folders.js";
import { madeResult, type Speeds } from "./result-builder.js";

const lacks: ResultCell = { outcome: "skipped", contestant: "peer", reason: "no channels | first" };
const wrong: ResultCell = {
  outcome: "disagrees",
  contestant: "peer",
  errors: [{ result: "dx", ulp: 2000, limit: 1024 }],
};
const speeds: Speeds = {
  cpu: () => 5,
  peer: ({ case: { layout, shape } }) => (layout === "channels-first" ? lacks : shape.length === 5 ? wrong : 2.5),
};
const cases = [...caseNamed("resnet50/b32"), ...caseNamed("dense"), ...caseNamed("video"), ...caseNamed("scaling")];
const result = madeResult({ cases, speeds });
const block = (name: string, of = result) => tableBlocks[name]?.(of) ?? "";

describe("the tables of a result", () => {
  it("sum up a network and a few shapes, with ratios to our fastest backend, and say where that was", () => {
    const summary = block("summary");
    expect(summary).toContain("**All batch norms of ResNet-50, batch 32**");
    expect(summary).toMatch(/^\| contestant \| training step, channels first \|.* inference, channels last \|$/m);
    expect(summary).toMatch(
      /^\| peer \| – \| – \| [\d.]+ m?s ±0\.\d % \(2\.0×\) \| [\d.]+ m?s ±0\.\d % \(2\.0×\) \|$/m,
    );
    expect(summary).toMatch(
      /^- peer: – where a case has no time, of 12 in all, such as resnet50\/b32\/64x112x112\/channels-first/m,
    );
    expect(summary).toMatch(
      /^\| \(32, 56, 56, 64\), channels last \| 41\.1 ms ±0\.\d % \(1\.0×\) \| 82\.2 ms ±0\.\d % \(2\.0×\) \|$/m,
    );
    expect(summary).toMatch(/sum of its batch norms' medians.* A shape's is the median, give or take/);
    expect(summary).toMatch(
      /Measured on 2025-06-01 with batchnorm 1\.2\.3 at 0123456789ab, .* 4 cores of Example 9000/,
    );
    for (const id of summaryCases) expect(caseNamed(id)).toHaveLength(1);
  });

  it("show every shape with time, spread, GB/s, share of the roofline and ratio", () => {
    const shapes = block("shapes");
    expect(shapes).toContain("<summary>dense, batch 256: training step</summary>");
    expect(shapes).toMatch(
      /^\| \(256, 512\) \| 419 µs<br>10\.0 GB\/s \| 839 µs ±0\.\d %<br>5\.00 GB\/s, 50 %, 1\.0× \| 1\.68 ms ±0\.\d %<br>2\.50 GB\/s, 25 %, 2\.0× \|$/m,
    );
    expect(shapes).toMatch(/^\| \(32, 64, 56, 56\), channels first .* \| skipped \|$/m);
    expect(shapes).not.toContain("scaling");
  });

  it("sum up what was timed on a whole network, with spread, and leave out what nobody was timed on", () => {
    const networks = block("networks");
    expect(networks).toMatch(/^A network's time is the sum of its batch norms' medians/);
    expect(networks).toMatch(/^\| cpu \| [\d.]+ m?s ±0\.\d % \(1\.0×\) \|/m);
    const [first, ...others] = caseNamed("resnet50/b32").map((kase) => madeResult({ cases: [kase], speeds }).groups);
    const relu = (first ?? []).map((group) => ({ ...group, activation: "relu" as const }));
    const partly = { ...result, groups: [...(first ?? []), ...others.flat(), ...relu] };
    expect(block("networks", partly)).not.toContain("with ReLU");
    expect(block("networks", { ...result, groups: relu })).toBe("No network was timed as a whole.");
  });

  it("show each peer's least, median and largest ratio, and at which case it is the least", () => {
    const uneven = madeResult({
      cases: caseNamed("dense"),
      speeds: { cpu: () => 6, peer: ({ case: { shape } }) => (shape[0] === 4096 ? 12 : shape[1] === 512 ? 6 : 2) },
      operations: ["infer"],
    });
    expect(block("ratios", uneven)).toContain("| inference | peer | 10 | 0.50× (dense/b4096/512) | 3.0× | 3.0× |");
    expect(block("ratios", madeResult({ cases, speeds: { cpu: () => 5 } }))).toMatch(/^No peer was timed/);
  });

  it("show where PyTorch leaves us furthest behind, with either handling of memory", () => {
    const wide = ({ case: { shape } }: { case: { shape: readonly number[] } }) => (shape[1] === 1024 ? 20 : 6);
    const beside = madeResult({
      cases: caseNamed("dense/b32"),
      speeds: { cpu: () => 5, pytorch: () => 10, "pytorch kept": wide, "pytorch 2 threads": () => 50 },
      operations: ["infer"],
    });
    const rows = block("worst", beside).split("\n").slice(4);
    expect(rows[0]).toBe("| inference | (32, 1024) | 4.0× | pytorch kept |");
    expect(rows.slice(1).every((row) => row.endsWith("| 2.0× | pytorch |"))).toBe(true);
    expect(block("worst")).toMatch(/^PyTorch was not timed/);
  });

  it("show each engine of TensorFlow.js beside TensorFlow.js alone on as many threads", () => {
    const beside = madeResult({
      cases: caseNamed("small"),
      speeds: {
        "tfjs-tensorflow": () => 10,
        "tfjs-tensorflow 2 threads": () => 20,
        "stock tfjs-tensorflow": ({ case: { shape } }) => (shape[0] === 8 ? 5 : 2),
        "stock tfjs-tensorflow 2 threads": () => 2,
        "stock tfjs-wasm": () => 1,
      },
      threads: { "tfjs-tensorflow 2 threads": 2, "stock tfjs-tensorflow 2 threads": 2 },
      operations: ["step"],
    });
    const rows = block("engines", beside)
      .split("\n")
      .filter((row) => row.startsWith("| training step | channels last"));
    expect(rows).toEqual([
      "| training step | channels last | tfjs-tensorflow | 2 | 2.0× (small/b8/64x28x28/channels-last) | 3.5× | 5.0× |",
      "| training step | channels last | tfjs-tensorflow 2 threads | 2 | 10× (small/b8/64x28x28/channels-last) | 10× | 10× |",
    ]);
    const [, , first] = block("engines in short", beside).split("\n");
    expect(first).toBe("| tfjs-tensorflow | 4 | 2.0× | 3.5× | – | – |");
    for (const name of ["engines", "engines in short"]) expect(block(name)).toMatch(/^No backend was timed beside/);
  });

  it("show what an element costs by layout, beside the faster PyTorch, on tensors in the caches only", () => {
    const beside = madeResult({
      cases: caseNamed("resnet50/b1/256x14x14").concat(
        caseNamed("resnet50/b32/64x112x112"),
        caseNamed("dense/b256/512"),
      ),
      speeds: { cpu: () => 5, pytorch: () => 10, "pytorch kept": () => 20 },
      operations: ["infer"],
    });
    const rows = block("elements", beside).split("\n").slice(4);
    expect(rows).toEqual([
      "| inference | channels first | 1 | 1.6 ns | 1.6 to 1.6 ns | 4.0× | 4.0× |",
      "| inference | channels last | 1 | 1.6 ns | 1.6 to 1.6 ns | 4.0× | 4.0× |",
    ]);
    expect(block("elements")).toMatch(/^PyTorch was not timed/);
  });

  it("show the first run in a fresh process and its peak, where they are known", () => {
    const costs = block("costs");
    expect(costs).toMatch(/^\| shape \| operation \| cpu \| peer \|$/m);
    expect(costs).toMatch(/^\| \(256, 512\) \| training step \| 8\.39 ms, 1\.02 MB \| 16\.8 ms, 1\.02 MB \|$/m);
    expect(costs).toMatch(/^\| \(32, 56, 56, 64\), channels last \| inference \| [\d.]+ m?s, 1\.02 MB \| /m);
    expect(costs).toMatch(/^\| \(32, 64, 56, 56\), channels first \| inference \| [\d.]+ m?s, 1\.02 MB \| – \|$/m);
    const untold = { ...result, cold: result.cold.slice(0, 1).map((run) => ({ ...run, peakBytes: null })) };
    expect(block("costs", untold)).toMatch(/ s, – \|$/m);
    expect(block("costs", { ...result, cold: [] })).toBe("No first run in a fresh process was timed.");
  });

  it("show the copies on every number of threads, and shares of that of the contestant", () => {
    const threads = madeResult({ cases, speeds: { cpu: () => 5, two: () => 5 }, threads: { two: 2 } });
    expect(block("shapes", threads)).toMatch(
      /^\| \(256, 512\) \| 419 µs<br>10\.0 GB\/s \| 210 µs<br>20\.0 GB\/s \| .*, 50 %, 1\.0× \| .*, 25 %, 1\.0× \|$/m,
    );
    expect(block("shapes", threads)).toContain("| shape | copying, 1 thread | copying, 2 threads | cpu | two |");
    expect(block("scaling", threads)).toContain("| x | copying, 1 thread | copying, 2 threads | cpu | two |");
    expect(block("scaling", threads)).toMatch(
      /^\| 1\.02 KB \| 10\.0 GB\/s \| 20\.0 GB\/s \| .*, 50 %<br>.*, 25 %<br>/m,
    );
  });

  it("show sizes, crossings, passes, who took part, and what was left out and why", () => {
    expect(block("scaling")).toMatch(/^\| 1\.02 KB \| 10\.0 GB\/s \| [\d.]+ µs ±0\.\d %, 50 %<br>5\.00 GB\/s \| /m);
    expect(block("crossings")).toMatch(
      /^- cpu is faster than peer at every size at which the quartiles of both are apart: training step, channels last; inference/m,
    );
    expect(block("passes")).toContain("| training step, channels last | 6 read, 2 written | 6 read, 2 written |");
    expect(block("run")).toContain("| peer | peer | 4.5.6 | 1 | what peer is |");
    expect(block("run")).toContain("- onnx absent: no engine found; install one");
    const left = block("left out");
    expect(left).toMatch(
      /^\| peer \| skipped: no channels \\\| first \| \d+ \| resnet50\/b32\/64x112x112\/channels-first step fresh \|$/m,
    );
    expect(left).toMatch(/disagrees: dx is off by 2000 ulp of 1024/);
    expect(block("left out", madeResult({ cases, speeds: { cpu: () => 5 } }))).toBe("Everything was timed.");
  });

  it("have where one overtakes another", () => {
    const grows: Speeds = { cpu: () => 5, peer: ({ case: { shape } }) => shape.reduce((a, b) => a * b) ** 0.5 / 100 };
    const crossing = madeResult({ cases: caseNamed("scaling"), speeds: grows, operations: ["step"] });
    expect(block("crossings", crossing)).toMatch(/^\| training step, channels first \| cpu \| 1\.00 MB \| peer \|$/m);
  });

  it("say where the machine was noisy", () => {
    expect(block("run")).toContain("differed by at most 5 % over the run");
    expect(block("run", madeResult({ cases, speeds, drift: [10, 15] }))).toContain(
      "**The machine was noisy**: one and the same copy differed by up to 50 %",
    );
  });

  it("take any number of contestants, and none", () => {
    const three = madeResult({ cases, speeds: { ...speeds, third: () => 1 } });
    const none = madeResult({ cases: [], speeds: {} });
    for (const [name, make] of Object.entries(tableBlocks)) {
      if (!["left out", "worst", "elements"].includes(name) && profileOf(name) === null)
        expect(make(three), name).toContain("third");
      expect(() => make(none), name).not.toThrow();
    }
  });
});

describe("marks in a Markdown file", () => {
  const text = "# Title\n<!-- benchmark: passes -->\nold\n<!-- end of benchmark -->\nafter\n";

  it("hold the tables, which replace what stood there, and stay", () => {
    const filled = withTables(text, "README.md", () => result);
    expect(filled).toMatch(
      /^# Title\n<!-- benchmark: passes -->\n\n\| operation [\s\S]*\|\n\n<!-- end of benchmark -->\nafter\n$/,
    );
    expect(filled).not.toContain("old");
    expect(withTables(filled, "README.md", () => result)).toBe(filled);
  });

  it("need a result, but a text without them does not", () => {
    expect(withTables("plain\n", "README.md", () => null)).toBe("plain\n");
    expect(() => withTables(text, "README.md", () => null)).toThrow(
      /README\.md has a mark .*"passes".* has no result for it; measure/,
    );
  });

  it.each([
    ["<!-- benchmark: nonsense -->\n<!-- end of benchmark -->", /no table "nonsense" .* expected one of summary, run/],
    ["<!-- benchmark: passes -->\n", /"benchmark: passes" has no "<!-- end of benchmark -->"/],
    ["<!-- benchmark: run -->\n<!-- benchmark: passes -->\n<!-- end of benchmark -->", /"benchmark: run" has no/],
    ["<!-- end of benchmark -->", /ends no table/],
  ])("that are not right are refused: %j", (wrongText, message) => {
    expect(() => withTables(wrongText, "README.md", () => result)).toThrow(message);
  });
});

describe("the documents of the repository", () => {
  const root = () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "docs"));
    mkdirSync(join(folder, "benchmarks", "results"), { recursive: true });
    writeFileSync(join(folder, "README.md"), "no marks\n");
    writeFileSync(join(folder, "docs", "performance.md"), "no marks\n");
    return folder;
  };

  const marked = (...names: string[]) =>
    names.map((name) => `<!-- benchmark: ${name} -->\n<!-- end of benchmark -->\n`).join("\n");
  const ofReadme = ["summary", "threads in short", "engines in short"];
  const others = Object.keys(tableBlocks).filter((name) => !ofReadme.includes(name));

  it("have no marks where there is no result", () => {
    expect(outdatedDocuments(root())).toEqual([]);
  });

  it("have every table once, each in its file", () => {
    const folder = root();
    writeResult(join(folder, "benchmarks", "results", "one.json"), result);
    writeOfProfiles(folder);
    const write = (readme: string, performance: string) => {
      writeFileSync(join(folder, "README.md"), readme);
      writeFileSync(join(folder, "docs", "performance.md"), performance);
    };
    write("", marked(...others));
    expect(() => outdatedDocuments(folder)).toThrow(/README\.md must have the table "summary" once, .* not at all/);
    write(marked(...ofReadme), marked(...others.filter((name) => name !== "costs")));
    expect(() => outdatedDocuments(folder)).toThrow(/performance\.md must have the table "costs" once, .* not at all/);
    write(marked(...ofReadme), marked(...others, "run"));
    expect(() => outdatedDocuments(folder)).toThrow(/performance\.md must have the table "run" once, .* 2 times/);
    write(marked(...ofReadme, "run"), marked(...others));
    expect(() => outdatedDocuments(folder)).toThrow(/README\.md is not the place of the table "run"/);
    write(marked(...ofReadme), marked(...others));
    expect(outdatedDocuments(folder).map(({ file }) => file)).toEqual(["README.md", "docs/performance.md"]);
  });

  it("are outdated until the tables of the newest result stand between their marks", () => {
    const folder = root();
    const file = join(folder, "docs", "performance.md");
    writeFileSync(file, marked(...others));
    expect(() => outdatedDocuments(folder)).toThrow(/docs\/performance\.md has a mark .* no result/);
    writeResult(join(folder, "benchmarks", "results", "one.json"), result);
    expect(() => outdatedDocuments(folder)).toThrow(/"summary"/);
    writeFileSync(
      join(folder, "README.md"),
      withTables(marked(...ofReadme), "README.md", () => result),
    );
    expect(() => outdatedDocuments(folder)).toThrow(/"threads.* measure one with npm run bench -- --profile threads/);
    writeOfProfiles(folder);
    writeFileSync(join(folder, "README.md"), marked(...ofReadme));
    const readme = join(folder, "README.md");
    writeFileSync(
      readme,
      withTables(marked(...ofReadme), "README.md", () => result),
    );
    const [outdated, ...more] = outdatedDocuments(folder);
    expect(more).toEqual([]);
    expect(outdated).toMatchObject({
      file: "docs/performance.md",
      result: ["one", "engines", "threads", "sizes"].map((name) => `benchmarks/results/${name}.json`).join(" and "),
    });
    writeFileSync(file, outdated?.text ?? "");
    expect(outdatedDocuments(folder)).toEqual([]);
    const later = { ...result, started: "2025-08-01T10:00:00.000Z" };
    writeResult(join(folder, "benchmarks", "results", "0.json"), later);
    for (const { text } of outdatedDocuments(folder)) expect(text).toContain("Measured on 2025-08-01");
  });
});

/** A result of each profile that has tables of its own. */
function writeOfProfiles(folder: string): void {
  for (const profile of ["engines", "threads", "sizes"]) {
    writeResult(join(folder, "benchmarks", "results", `${profile}.json`), { ...result, profile });
  }
}

describe("the wasm backend on all cores", () => {
  const team = madeResult({
    cases: caseNamed("resnet50/b32/512x7x7"),
    operations: ["train", "infer", "step"],
    threads: { "wasm 4 threads": 4, "pytorch 4 threads": 4 },
    speeds: {
      cpu: () => 2,
      wasm: () => 5,
      "wasm 4 threads": ({ case: { layout } }) => (layout === "channels-first" ? 20 : 10),
      "pytorch 4 threads": () => 10,
      "stock tfjs-wasm": () => 0.5,
    },
  });

  it("is shown beside its peers on as many threads, with the case where it is the least ahead", () => {
    const text = block("threads", team);
    expect(text).toMatch(
      /^\| training forward \| wasm 4 threads \| pytorch 4 threads \| fresh \| 2 \| 1\.0× \(resnet50\/b32\/512x7x7\/channels-last\) \| 1\.5× \| 2\.0× \|$/m,
    );
    expect(text).toMatch(/^\| training step \| wasm 4 threads \| stock tfjs-wasm \| fresh \| 2 \| 20× /m);
    expect(text).toMatch(/^\| inference \| wasm \| cpu \| fresh \| 2 \| 2\.5× /m);
    expect(text).not.toMatch(/^\| backward/m);
    expect(block("threads in short", team)).toMatch(
      /^\| inference \| pytorch 4 threads, results fresh \| wasm 4 threads /m,
    );
    expect(block("threads")).toBe("The wasm backend was timed beside nobody.");
  });

  it("is shown at the sizes where it is the slowest beside others of like size", () => {
    const cases = [...caseNamed("odd/b5/127x13x13"), ...caseNamed("5x127x13x13"), ...caseNamed("5x121x13x13")];
    const sizes = madeResult({
      cases,
      operations: ["infer"],
      speeds: { wasm: ({ case: { shape } }) => (shape.includes(121) ? 3 : 12) },
    });
    const [worst] = block("sizes", sizes)
      .split("\n")
      .filter((line) => line.startsWith("| wasm"));
    expect(worst).toMatch(
      /^\| wasm \| inference \| \(5, 121, 13, 13\), channels first \| 409 KB \| .* \| 3\.00 GB\/s \| 25 % \|$/,
    );
    expect(block("sizes", { ...sizes, groups: [] })).toBe("No size was timed.");
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
