// How V8 compiles the kernels: instructions per element, on a Node with V8's disassembler.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { instructionsPerElement } from "./v8-code.mjs";

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
  console.log(`${dtype.padEnd(22)} instructions per element`);
  for (const [name, title] of Object.entries(kernels)) {
    console.log(title.padEnd(22), (instructionsPerElement(trace, name)?.toFixed(1) ?? "-").padStart(24));
  }
}

function traceOf(dtype) {
  const workload = fileURLToPath(new URL("v8-workload.mjs", import.meta.url));
  const options = { encoding: "utf8", maxBuffer: 2 ** 30 };
  const run = spawnSync(process.execPath, ["--print-opt-code", workload, dtype], options);
  if (run.status !== 0) throw new Error(`the workload failed:\n${run.stderr}`);
  return run.stdout;
}
