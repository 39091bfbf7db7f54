import type { Check } from "../../check.js";
import { type Fill, noise } from "./batch.js";
import { hardChecks } from "./hard-case.js";

const constants: readonly (readonly [string, Fill])[] = [
  ["0", () => 0],
  ["multiples of 0.1", (_, c) => 0.1 * (c + 1)],
  ["1e6 + 0.1", (_, c) => (c % 2 === 0 ? 1 : -1) * (1e6 + 0.1)],
  ["1e30", (_, c) => (c - 1) * 1e30],
  ["1e-30", (_, c) => (c - 1) * 1e-30],
  ["denormals of float32", (_, c) => (c + 1) * 2 ** -149],
  ["a constant channel between others", (random, c, i, count) => (c % 2 === 1 ? 0.3 : noise(random, c, i, count))],
];

export const constantChannelChecks: readonly Check[] = [
  ...constants.flatMap(([name, fill]) =>
    hardChecks("constant-channel", `channels of ${name}`.replace("channels of a", "a"), { data: "constant", fill }),
  ),
  ...hardChecks("constant-channel", "a tiny eps does not blow up what is left of a variance", {
    data: "constant",
    fill: (_, c) => 0.1 * (c + 1),
    options: { eps: 1e-12 },
  }),
];
