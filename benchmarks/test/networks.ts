/** The batch norms of networks, worked out from the definitions of the papers, layer by layer: `channels@plane`. */

/** ResNet-50 (He et al. 2015, table 1), the stride in the 3x3 convolution: torchvision's v1.5. */
export function resnet50(): string[] {
  const norms = ["64@112x112"];
  let plane = 56;
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const width = 64 * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      const before = plane;
      if (stage > 0 && block === 0) plane /= 2;
      norms.push(`${width}@${before}x${before}`, `${width}@${plane}x${plane}`, `${4 * width}@${plane}x${plane}`);
      if (block === 0) norms.push(`${4 * width}@${plane}x${plane}`); // of the shortcut
    }
  }
  return norms;
}

/** MobileNetV2 (Sandler et al. 2018, table 2): expansion, channels, repeats and stride of each stage. */
export function mobilenetV2(): string[] {
  const stages = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  let [plane, channels] = [112, 32];
  const norms = ["32@112x112"];
  for (const [expansion, out, repeats, stride] of stages) {
    for (let i = 0; i < repeats; i++) {
      const hidden = channels * expansion;
      if (expansion > 1) norms.push(`${hidden}@${plane}x${plane}`);
      if (i === 0) plane /= stride;
      norms.push(`${hidden}@${plane}x${plane}`, `${out}@${plane}x${plane}`);
      channels = out;
    }
  }
  return [...norms, `1280@${plane}x${plane}`];
}

/** DenseNet-121 (Huang et al. 2016, table 1), growth 32; the growing inputs of a block stand for their mean. */
export function densenet121(): string[] {
  const [growth, blocks] = [32, [6, 12, 24, 16]];
  let [plane, channels] = [56, 64];
  const norms = ["64@112x112"];
  for (const [index, layers] of blocks.entries()) {
    const inputs = Array.from({ length: layers }, (_, layer) => channels + growth * layer);
    const mean = inputs.reduce((sum, input) => sum + input, 0) / layers;
    for (const _ of inputs) norms.push(`${mean}@${plane}x${plane}`, `${4 * growth}@${plane}x${plane}`);
    channels += growth * layers;
    norms.push(`${channels}@${plane}x${plane}`); // of the transition, or the last
    if (index === blocks.length - 1) continue;
    channels /= 2;
    plane /= 2;
  }
  return norms;
}

/** R3D-18 (Tran et al. 2017, table 1) on 16 frames of 112x112. */
export function r3d18(): string[] {
  const norms = ["64@16x56x56"];
  for (let stage = 0; stage < 4; stage++) {
    const [depth, plane] = [16 / 2 ** stage, 56 / 2 ** stage];
    const count = stage === 0 ? 4 : 5; // two blocks of two, and a shortcut
    for (let i = 0; i < count; i++) norms.push(`${64 * 2 ** stage}@${depth}x${plane}x${plane}`);
  }
  return norms;
}
