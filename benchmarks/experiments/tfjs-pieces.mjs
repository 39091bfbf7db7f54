// What the pieces of a training step cost on TensorFlow.js: on its wasm engine, and on TensorFlow where tfjs-node is
// installed. Each takes a tensor that was just made, as those in a network are.
//
//     node tfjs-pieces.mjs [wasm | tensorflow]
import { tfjsEngines } from "@batchnorm/timing/tfjs";

const [name = "wasm"] = process.argv.slice(2);
const engine = Object.hasOwn(tfjsEngines, name) ? tfjsEngines[name] : null;
if (engine === null) throw new Error(`got ${name}; expected one of ${Object.keys(tfjsEngines).join(", ")}`);
const tf = await engine.load();
if ("reason" in tf) throw new Error(`${name} is absent: ${tf.reason}`);
await tf.setBackend(name);

const shapes = [
  [1024, 16],
  [32 * 56 * 56, 64],
  [32 * 7 * 7, 2048],
];

for (const [rows, channels] of shapes) {
  const source = tf.randomNormal([rows, channels]);
  const pieces = name === "tensorflow" ? onTensorflow(rows, channels) : onWasm(rows, channels);
  console.log(`\n${name}, ${rows} x ${channels}: milliseconds`);
  for (const [title, piece] of Object.entries(pieces)) console.log(`  ${title}: ${medianOf(source, piece).toFixed(2)}`);
  source.dispose();
}

function medianOf(source, piece) {
  const times = [];
  for (let run = 0; run < 15; run++) {
    tf.tidy(() => {
      const x = source.add(1);
      const start = performance.now();
      piece(x);
      times.push(performance.now() - start);
    });
  }
  return times.sort((a, b) => a - b)[7];
}

function onWasm(rows, channels) {
  const part = partOf(rows);
  const left = rows / part;
  return {
    "x * x": (x) => x.mul(x),
    "x * scale": (x) => x.mul(tf.ones([channels])),
    "sum of rows, ones * x": (x) => tf.matMul(tf.ones([1, part]), x.reshape([part, left * channels])),
    "sum of rows, transposed x * ones": (x) => tf.matMul(x.reshape([part, left * channels]), tf.ones([part, 1]), true),
    "mean of rows, tf.avgPool": (x) => tf.avgPool(x.reshape([1, left, part, channels]), [1, part], [1, part], "valid"),
    "tf.sum over rows": (x) => x.sum(0),
    "first row, tf.slice": (x) => x.slice([0, 0], [1, channels]),
    "first row, tf.gather": (x) => x.gather([0]),
  };
}

function onTensorflow(rows, channels) {
  const backend = tf.backend();
  const { TF_ATTR_BOOL, TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = backend.binding;
  const type = { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT };
  const fused = (format, training) => [
    type,
    { name: "U", type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: "epsilon", type: TF_ATTR_FLOAT, value: 1e-5 },
    { name: "data_format", type: TF_ATTR_STRING, value: format },
    { name: "is_training", type: TF_ATTR_BOOL, value: training },
  ];
  const norm = [
    type,
    { name: "Tidx", type: TF_ATTR_TYPE, value: TF_INT32 },
    { name: "keep_dims", type: TF_ATTR_BOOL, value: false },
  ];
  const run = (...call) => backend.executeMultipleOutputs(...call);
  const part = partOf(rows);
  const last = (x) => x.reshape([rows, 1, 1, channels]);
  const first = (x) => x.reshape([1, channels, 1, rows]);
  const [ones, none] = [() => tf.ones([channels]), () => tf.tensor([], [0], "float32")];
  const gradient = (format, shaped) => (x) =>
    run("FusedBatchNormGradV3", fused(format, true), [shaped(x), shaped(x), ones(), ones(), ones(), none()], 5);
  return {
    "x * scale + offset": (x) => x.mul(ones()).add(ones()),
    "x * x": (x) => x.mul(x),
    "sum of rows, ones * x": (x) => tf.matMul(tf.ones([1, part]), x.reshape([part, (rows / part) * channels])),
    "norm of rows, EuclideanNorm": (x) =>
      run("EuclideanNorm", norm, [x.reshape([part, (rows / part) * channels]), tf.tensor1d([0], "int32")], 1),
    "FusedBatchNormV3, training": (x) =>
      run("FusedBatchNormV3", fused("NHWC", true), [last(x), ones(), ones(), none(), none()], 6),
    "FusedBatchNormV3, inference": (x) =>
      run("FusedBatchNormV3", fused("NHWC", false), [last(x), ones(), ones(), ones(), ones()], 6),
    "FusedBatchNormGradV3, channels last": gradient("NHWC", last),
    "FusedBatchNormGradV3, channels first": gradient("NCHW", first),
  };
}

/** The divisor of so many rows that is next below the root, and 256 at most. */
function partOf(rows) {
  let part = Math.min(256, Math.floor(Math.sqrt(rows)));
  while (rows % part !== 0) part--;
  return part;
}
