// npm run tables: draws the picture of README.md from the newest result of the profile "threads", once for light pages
// and once for dark ones. With --check it writes nothing, and fails where a picture is not what it would draw.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { medianOf } from "@batchnorm/timing";
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { newestResult } from "../dist/results/newest.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const ours = "wasm 2 threads";
const others = new Map([
  ["pytorch malloc retained 2 threads", "PyTorch, memory kept, 2 threads"],
  ["onnxruntime 2 threads", "ONNX Runtime, 2 threads"],
  ["baseline tfjs-wasm", "TensorFlow.js, wasm engine"],
]);
const operations = new Map([
  ["step", "training step"],
  ["infer", "inference"],
]);
const ticks = [0.5, 1, 2, 5, 10, 20, 50, 100, 200];
const themes = {
  light: { text: "#1f2328", quiet: "#59636e", line: "#d1d9e0", dots: ["#c2410c", "#7c3aed", "#0969da"] },
  dark: { text: "#f0f6fc", quiet: "#9198a1", line: "#3d444d", dots: ["#fb923c", "#c4b5fd", "#58a6ff"] },
};

const check = process.argv.includes("--check");
const newest = newestResult(join(root, "benchmarks", "results"), (profile) => profile === "threads");
if (newest === null) throw new Error("there is no result of the profile threads in benchmarks/results");
const points = [...operations].flatMap(([operation, label]) =>
  [...others].flatMap(([name, other]) => ratios(operation, name).map((ratio) => ({ operation: label, other, ratio }))),
);
for (const [name, other] of others) {
  if (points.some((point) => point.other === other)) continue;
  throw new Error(`${newest.path} has no time of ${name} beside ${ours}`);
}

for (const [name, theme] of Object.entries(themes)) {
  const file = join(root, "docs", "images", `speed-${name}.svg`);
  const drawn = draw(theme);
  if (check) {
    if (existsSync(file) && readFileSync(file, "utf8") === drawn) continue;
    console.error(`${relative(root, file)} does not show ${relative(root, newest.path)}; run npm run tables`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, drawn);
    console.log(`${relative(root, file)}: drew ${relative(root, newest.path)}`);
  }
}

/**
 * How many times as long it takes as ours, on every case on which both were timed.
 *
 * @param {string} operation
 * @param {string} name
 */
function ratios(operation, name) {
  return newest.result.groups.flatMap((group) => {
    if (group.operation !== operation || group.activation !== null || group.outputs !== "fresh") return [];
    const [mine, theirs] = [medianOf(group, ours), medianOf(group, name)];
    return mine === null || theirs === null ? [] : [theirs / mine];
  });
}

/** @param {typeof themes.light} theme */
function draw(theme) {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = Plot.plot({
    document,
    width: 800,
    height: 258,
    marginTop: 28,
    marginLeft: 245,
    marginRight: 100,
    marginBottom: 48,
    style: { fontSize: "13px", color: theme.text, background: "none", fontFamily: "system-ui, sans-serif" },
    x: {
      type: "log",
      domain: [0.3, 250],
      axis: null,
    },
    y: { label: null, domain: [...others.values()], tickSize: 0 },
    fy: { label: null, domain: [...operations.values()], padding: 0.2 },
    color: { domain: [...others.values()], range: theme.dots },
    marks: [
      Plot.gridX(ticks, { stroke: theme.line, strokeOpacity: 1 }),
      Plot.axisX(ticks, {
        tickFormat: () => "",
        label: "times as long as the wasm backend on 2 threads: each dot is a shape, each bar the median",
        labelAnchor: "center",
        labelArrow: "none",
        tickSize: 0,
      }),
      // an axis of Plot labels some ticks of a logarithmic scale only
      Plot.text(ticks, {
        x: (/** @type {number} */ times) => times,
        fy: () => "inference",
        frameAnchor: "bottom",
        dy: 14,
        text: (/** @type {number} */ times) => `${times}×`,
      }),
      Plot.ruleX([1], { stroke: theme.text, strokeDasharray: "4,3" }),
      Plot.dot(points, { x: "ratio", y: "other", fy: "operation", fill: "other", fillOpacity: 0.55, r: 4.5 }),
      Plot.tickX(
        points,
        Plot.groupY({ x: "median" }, { x: "ratio", y: "other", fy: "operation", stroke: "other", strokeWidth: 3 }),
      ),
      Plot.text([{ operation: "training step", other: "ONNX Runtime, 2 threads" }], {
        x: () => 1,
        y: "other",
        fy: "operation",
        dx: 10,
        textAnchor: "start",
        text: () => "infers only",
        fill: theme.quiet,
      }),
      Plot.text(points.slice(0, 1), {
        x: () => 1,
        fy: "operation",
        frameAnchor: "top",
        dy: -16,
        text: () => "as fast",
        fill: theme.quiet,
      }),
    ],
  });
  for (const own of svg.querySelectorAll("style")) own.remove();
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.removeAttribute("class");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "How many times as long other implementations take as the wasm backend on 2 threads");
  return `${svg.outerHTML}\n`;
}
