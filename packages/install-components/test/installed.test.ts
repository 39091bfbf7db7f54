import { chromium, loadTfjsNode, pytorch, tfjsNode } from "@batchnorm/optional-components";
import { answerMs, runProcess } from "@batchnorm/optional-components/for-installers";
import { describeWith } from "@batchnorm/testing/describe-with";
import { temporaryFolder } from "@batchnorm/testing/folder";
import { expect, it } from "vitest";

await describeWith(chromium, "the chromium of this machine", (use) => {
  it("opens a page", async () => {
    const { path = "" } = use();
    const page = "data:text/html,<p id=sum></p><script>sum.textContent = 6 * 7</script>";
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${temporaryFolder()}`, "--dump-dom"];
    const ended = await runProcess(path, [...flags, page], { timeoutMs: answerMs });
    expect(ended.stdout).toContain('<p id="sum">42</p>');
  });
});

await describeWith(pytorch, "the PyTorch of this machine", (use) => {
  it("imports, and says the same version", async () => {
    const { path = "", version } = use();
    const ended = await runProcess(path, ["-c", "import torch; print(torch.__version__)"], { timeoutMs: answerMs });
    expect(ended.stdout.trim()).toBe(version);
  });
});

type Tfjs = typeof import("@tensorflow/tfjs-node");
type NodeBackend = import("@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js").NodeJSKernelBackend;

await describeWith(tfjsNode, "the TensorFlow of this machine", (use) => {
  it("normalizes a batch in a fused kernel", () => {
    const tf = loadTfjsNode(use().path ?? "") as Tfjs;
    const backend = tf.backend() as NodeBackend;
    const { binding } = backend;
    const attributes = [
      { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: "U", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: "epsilon", type: binding.TF_ATTR_FLOAT, value: 4 },
      { name: "data_format", type: binding.TF_ATTR_STRING, value: "NHWC" },
      { name: "is_training", type: binding.TF_ATTR_BOOL, value: true },
    ];
    // of the channels 1, 3, 5, 7 and 10, 10, 18, 18: the means are 4 and 14, the biased variances 5 and 16
    const x = tf.tensor([1, 10, 3, 10, 5, 18, 7, 18], [1, 2, 2, 2]);
    const [scale, offset, none] = [tf.tensor([3, Math.sqrt(5)]), tf.tensor([0, 1]), tf.tensor([])];
    const [y, mean, variance] = backend
      .executeMultipleOutputs("FusedBatchNormV3", attributes, [x, scale, offset, none, none], 6)
      .map((tensor) => [...tensor.dataSync()]);
    const close = (values: number[]) => values.map((value) => expect.closeTo(value, 5));
    // divided by sqrt(5 + 4) and sqrt(16 + 4)
    expect(y).toEqual(close([-3, -1, -1, -1, 1, 3, 3, 3]));
    expect(mean).toEqual(close([4, 14]));
    expect(variance).toEqual(close([20 / 3, 64 / 3])); // unbiased
  });
});
