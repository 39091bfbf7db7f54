import { sizeOf, type Tensor } from "@batchnorm/core";
import { describeShape } from "@batchnorm/core/checks";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, batchNorm } from "@batchnorm/layers";
import { type Bench, benchChecks } from "../bench.js";
import { expectRefusal } from "../refusal.js";
import { expectShape } from "../shape.js";

const kinds = { BatchNorm1d, BatchNorm2d, BatchNorm3d } as const;

const taken = {
  BatchNorm1d: [
    [3, 2],
    [3, 2, 4],
    [1, 2, 4],
  ],
  BatchNorm2d: [
    [3, 2, 4, 5],
    [1, 2, 1, 5],
  ],
  BatchNorm3d: [
    [3, 2, 4, 1, 5],
    [1, 2, 1, 1, 2],
  ],
} as const;

const refused = {
  BatchNorm1d: { ranks: [1, 4, 5], sentence: "expected 2D or 3D input" },
  BatchNorm2d: { ranks: [1, 2, 3, 5], sentence: "expected 4D input" },
  BatchNorm3d: { ranks: [1, 2, 3, 4], sentence: "expected 5D input" },
} as const;

export const shapesChecks = [
  ...(["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"] as const).flatMap((kind) => [
    ...benchChecks(
      "shapes",
      `${kind} takes its shapes, and y has that of x`,
      async ({ backend, dtype, keep, tensor }) => {
        for (const shape of taken[kind]) {
          const bn = keep(new kinds[kind](backend, 2, { dtype }));
          expectShape(`y of ${kind}`, keep(bn.forward(zeros(tensor, shape))), shape);
        }
      },
    ),
    ...benchChecks("shapes", `${kind} refuses other ranks`, async ({ backend, dtype, keep, tensor }) => {
      const { ranks, sentence } = refused[kind];
      for (const rank of ranks) {
        const shape = Array.from({ length: rank }, () => 2);
        const bn = keep(new kinds[kind](backend, 2, { dtype }));
        const refusal = {
          code: "ERR_RANK",
          start: `${sentence} (got ${rank}D input)`,
          mentions: [describeShape(shape)],
        } as const;
        await expectRefusal(backend, `x of shape ${describeShape(shape)} for ${kind}`, refusal, () =>
          bn.forward(zeros(tensor, shape)),
        );
      }
    }),
    ...benchChecks("shapes", `${kind} refuses another number of channels`, async ({ backend, dtype, keep, tensor }) => {
      const [shape] = taken[kind];
      const bn = keep(new kinds[kind](backend, 7, { dtype }));
      const refusal = { code: "ERR_CHANNELS", mentions: ["7", "2", describeShape(shape)] } as const;
      await expectRefusal(backend, `x of shape ${describeShape(shape)} for 7 channels`, refusal, () =>
        bn.forward(zeros(tensor, shape)),
      );
    }),
  ]),
  ...benchChecks("shapes", "batchNorm() takes any rank from 2 on", async ({ backend, keep, tensor }) => {
    for (const shape of [
      [3, 2],
      [3, 2, 1, 1, 1, 2],
    ]) {
      const call = keep(batchNorm(backend, zeros(tensor, shape), { training: true }));
      expectShape("y of batchNorm()", keep(call.y), shape);
    }
    const refusal = { code: "ERR_RANK", start: "expected at least 2D input (got 1D input)" } as const;
    await expectRefusal(backend, "x of shape [3] for batchNorm()", refusal, () =>
      batchNorm(backend, zeros(tensor, [3]), { training: true }),
    );
  }),
];

function zeros(tensor: Bench["tensor"], shape: readonly number[]): Tensor {
  return tensor(new Float32Array(sizeOf(shape)), shape);
}
