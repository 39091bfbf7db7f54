// How V8 compiles the kernels: by TurboFan or not, what was deoptimised and why, and instructions per element.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { instructionsPerElement } from "./v8-code.mjs";
import { marker } from "./v8-marker.mjs";

const kernels = {
  accumulateTile: "moments",
  accumulate: "gradient sums",
  accumulateRelu: "gradient sums, ReLU",
  plain: "normalize",
  relu: "normalize, ReLU",
  training: "dx",
  trainingRelu: "dx, ReLU",
  inference: "dx of inference",
  inferenceRelu: "dx of inference, ReLU",
};

for (const dtype of ["float32", "float64"]) {
  const trace = traceOf(dtype);
  const [warmUp, steady = ""] = trace.split(new RegExp(`begin\\. deoptimizing \\S+ <JSFunction ${marker}\\b.*`));
  console.log(`${dtype.padEnd(22)} optimised  OSR  deopts: warm-up  steady  instructions per element`);
  for (const [name, title] of Object.entries(kernels)) {
    const early = deoptsOf(warmUp, name);
    const late = deoptsOf(steady, name);
    const columns = [
      title.padEnd(22),
      String(count(trace, new RegExp(`completed optimizing \\S+ <JSFunction ${name} .*TURBOFAN\\)\\]`, "g"))).padStart(
        9,
      ),
      String(count(trace, new RegExp(`completed optimizing \\S+ <JSFunction ${name} .*OSR\\]`, "g"))).padStart(4),
      String(early.length).padStart(16),
      String(late.length).padStart(7),
      (instructionsPerElement(trace, name)?.toFixed(1) ?? "-").padStart(12),
    ];
    console.log(columns.join(" "), [...new Set([...early, ...late])].join("; "));
  }
}

function traceOf(dtype) {
  const workload = fileURLToPath(new URL("v8-workload.mjs", import.meta.url));
  const flags = ["--allow-natives-syntax", "--trace-opt", "--trace-deopt"];
  const options = { encoding: "utf8", maxBuffer: 2 ** 30 };
  const full = spawnSync(process.execPath, [...flags, "--print-opt-code", workload, dtype], options);
  // a Node without V8's disassembler does not know the last flag
  const run = full.status === 0 ? full : spawnSync(process.execPath, [...flags, workload, dtype], options);
  if (run.status !== 0) throw new Error(`the workload failed:\n${run.stderr}`);
  return run.stdout;
}

/** The reasons of a function's deoptimisations, but for code that V8 let go while it was not running. */
function deoptsOf(trace, name) {
  const bailouts = new RegExp(
    `\\[bailout \\(kind: ([\\w-]+), reason: (.*?)\\): begin\\. deoptimizing \\S+ <JSFunction ${name} `,
    "g",
  );
  return [...trace.matchAll(bailouts)].map(([, kind, reason]) => `${kind}: ${reason}`);
}

function count(text, pattern) {
  return [...text.matchAll(pattern)].length;
}
