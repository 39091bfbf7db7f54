import { BatchNorm2d, createBackend } from "batchnorm";

const [images, channels, height, width] = [16, 8, 32, 32];
const shape = [images, channels, height, width];
const perChannel = images * height * width;

const backend = await createBackend();
postMessage({ backend: backend.choice.why });

// The layer learns to give what another would, of weight 2 and bias -1.
const values = Float32Array.from({ length: channels * perChannel }, Math.random);
const x = backend.tensor(values, shape);
const teacher = new BatchNorm2d(backend, channels);
teacher.weight.value.values.fill(2);
teacher.bias.value.values.fill(-1);
const target = teacher.forward(x);

const bn = new BatchNorm2d(backend, channels);
for (let step = 0; step < 30; step++) {
  const y = bn.forward(x);
  const wrong = y.values.map((value, i) => value - target.values[i]);
  const dy = backend.tensor(
    wrong.map((value) => (2 * value) / perChannel),
    shape,
  );
  const dx = bn.backward(dy);
  bn.step(0.25);
  bn.zeroGrad();
  for (const tensor of [y, dy, dx]) tensor.dispose();
  postMessage({ loss: wrong.reduce((sum, value) => sum + value * value, 0) / wrong.length });
}

const { weight, bias } = await bn.stateDict();
postMessage({ learned: `It has learned weight ${weight[0].toFixed(3)} and bias ${bias[0].toFixed(3)}.` });
backend.close();
