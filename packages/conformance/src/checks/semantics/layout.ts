import { type Layout, sizeOf } from "@batchnorm/core";
import type { CaseOptions } from "../../judging/case.js";
import { interleaved, trained, unit } from "./by-channel.js";
import { passStep, shortCaseChecks } from "./short-case.js";

interface Placement {
  readonly kind: CaseOptions["kind"];
  readonly layout: Layout;
  readonly shape: readonly number[];
}

/** Shapes of two channels; some have another dimension of 2, which a wrong axis would take for the channels. */
const placements: readonly Placement[] = [
  { kind: "BatchNorm1d", layout: "channels-first", shape: [4, 2] },
  { kind: "BatchNorm1d", layout: "channels-last", shape: [4, 2] },
  { kind: "BatchNorm1d", layout: "channels-first", shape: [4, 2, 3] },
  { kind: "BatchNorm1d", layout: "channels-last", shape: [4, 3, 2] },
  { kind: "BatchNorm1d", layout: "channels-first", shape: [2, 2, 2] },
  { kind: "BatchNorm1d", layout: "channels-last", shape: [2, 2, 2] },
  { kind: "BatchNorm2d", layout: "channels-first", shape: [1, 2, 2, 2] },
  { kind: "BatchNorm2d", layout: "channels-last", shape: [1, 2, 2, 2] },
  { kind: "BatchNorm2d", layout: "channels-first", shape: [2, 2, 2, 3] },
  { kind: "BatchNorm2d", layout: "channels-last", shape: [2, 2, 3, 2] },
  { kind: "BatchNorm3d", layout: "channels-first", shape: [2, 2, 2, 1, 3] },
  { kind: "BatchNorm3d", layout: "channels-last", shape: [2, 2, 1, 3, 2] },
];

const nameOf = ({ kind, layout, shape }: Placement) => `${kind}, ${layout}, [${shape.join(", ")}]`;

/** The values of a channel, in repetitions of `pattern`, where the layout has them. */
function placed({ layout, shape }: Placement, pattern: readonly (readonly number[])[]): number[] {
  const size = sizeOf(shape);
  const repetitions = size / 8;
  const channels = pattern.map((values) => Array.from({ length: repetitions }, () => values).flat());
  return interleaved(channels, layout === "channels-last" ? 1 : size / (2 * (shape[0] as number)));
}

const repetitionsOf = ({ shape }: Placement) => sizeOf(shape) / 8;

export const layoutChecks = placements.flatMap((placement) => {
  const pass = { shape: placement.shape, x: placed(placement, unit.channels) };
  const expected = { y: placed(placement, trained.y) };
  return shortCaseChecks("layout", nameOf(placement), {
    options: { kind: placement.kind, layout: placement.layout, eps: 3 },
    judges: ["y"],
    state: { ...trained.state, ...unit.running },
    steps: [passStep("eval", { ...pass, expected }), passStep("train", { ...pass, expected })],
  });
});

export const layoutGradientsChecks = placements.flatMap((placement) => {
  const times = repetitionsOf(placement);
  return shortCaseChecks("layout-gradients", nameOf(placement), {
    options: { kind: placement.kind, layout: placement.layout, eps: 3 },
    judges: ["dx", "dweight", "dbias"],
    state: trained.state,
    steps: [
      passStep("train", {
        shape: placement.shape,
        x: placed(placement, unit.channels),
        dy: placed(placement, trained.dy),
        expected: {
          dx: placed(placement, trained.dx),
          dweight: trained.dweight.map((value) => times * value),
          dbias: trained.dbias.map((value) => times * value),
        },
      }),
    ],
  });
});
