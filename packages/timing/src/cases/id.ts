import { channelAxis } from "@batchnorm/core";
import type { BenchmarkCase } from "./schema.js";

/** What of a case its id says. */
export type IdentifiedCase = Pick<BenchmarkCase, "set" | "shape" | "layout" | "dtype">;

/** A case's batch, channels and sizes of a plane. */
export interface Dimensions {
  readonly batch: number;
  readonly channels: number;
  readonly spatial: readonly number[];
}

/** Takes a shape apart. */
export function dimensionsOf({ shape, layout }: Pick<BenchmarkCase, "shape" | "layout">): Dimensions {
  const axis = channelAxis(shape.length, layout);
  const [batch = 0, channels = 0] = [shape[0], shape[axis]];
  return { batch, channels, spatial: shape.filter((_, at) => at !== 0 && at !== axis) };
}

/**
 * The id of a case, unique among all cases: `resnet50/b32/64x112x112/channels-last`. The shape is channels and plane in
 * both layouts; the layout is left out where there is no plane, the type where it is float32.
 */
export function caseId(testCase: IdentifiedCase): string {
  const { batch, channels, spatial } = dimensionsOf(testCase);
  const layout = spatial.length === 0 ? [] : [testCase.layout];
  const dtype = testCase.dtype === "float32" ? [] : [testCase.dtype];
  return [testCase.set, `b${batch}`, [channels, ...spatial].join("x"), ...layout, ...dtype].join("/");
}
