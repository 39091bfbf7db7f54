import { dtypes, layouts } from "@batchnorm/core/checks";
import * as v from "valibot";

const size = v.pipe(v.number(), v.integer(), v.minValue(1));
const text = v.pipe(v.string(), v.minLength(1));
const some = <const T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.minLength(1));

const layer = v.strictObject({
  /** its place in the network, where that says more than its shape */
  name: v.optional(text),
  channels: size,
  /** height and width, or depth, height and width; absent behind a dense layer */
  spatial: v.optional(
    v.pipe(
      v.array(size),
      v.check((spatial) => [2, 3].includes(spatial.length), "expected 2 or 3 sizes"),
    ),
  ),
  /** how often it occurs in the network */
  times: v.optional(size, 1),
  /** why it is there, where the set's own reason does not say it */
  about: v.optional(text),
  /** instead of the set's */
  batches: v.optional(some(size)),
  layouts: v.optional(some(v.picklist(layouts))),
  dtypes: v.optional(some(v.picklist(dtypes))),
});

/** A set of cases as its file has it, short: every layer at every batch, layout and type. The file's name is the set's. */
export const caseSetSchema = v.pipe(
  v.strictObject({
    about: text,
    /** where the shapes are from */
    source: text,
    /** where the layers are all the batch norms of a network: its name, and how many those are */
    network: v.optional(v.strictObject({ name: text, batchNorms: size })),
    batches: some(size),
    layouts: v.optional(some(v.picklist(layouts)), [...layouts]),
    dtypes: v.optional(some(v.picklist(dtypes)), ["float32"]),
    layers: some(layer),
  }),
  v.check(
    ({ network, layers }) =>
      network === undefined || layers.reduce((sum, { times }) => sum + times, 0) === network.batchNorms,
    "the times of the layers do not add up to the network's batch norms",
  ),
  v.check(
    ({ network, layers }) =>
      network === undefined || layers.every(({ batches, layouts, dtypes }) => !(batches || layouts || dtypes)),
    "a layer of a network has batches, layouts or types of its own, so that the network has no cost",
  ),
);

export type CaseSet = v.InferOutput<typeof caseSetSchema>;
export type CaseLayer = CaseSet["layers"][number];
