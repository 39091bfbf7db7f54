import type { BenchmarkCase } from "@batchnorm/timing";
import type { CaseLayer, CaseSet } from "./set-schema.js";

/** The cases of a set: by batch, then layer, layout and type. A layer without a plane has one layout. */
export function expandSet(name: string, set: CaseSet): BenchmarkCase[] {
  const batches = new Set([...set.batches, ...set.layers.flatMap(({ batches }) => batches ?? [])]);
  return [...batches].flatMap((batch) =>
    set.layers
      .filter((layer) => (layer.batches ?? set.batches).includes(batch))
      .flatMap((layer) => expandLayer(name, set, layer, batch)),
  );
}

function expandLayer(set: string, { about, ...common }: CaseSet, layer: CaseLayer, batch: number): BenchmarkCase[] {
  const { channels, spatial = [], times } = layer;
  const dtypes = layer.dtypes ?? common.dtypes;
  return layoutsOf(spatial, layer.layouts ?? common.layouts).flatMap((layout) =>
    dtypes.map((dtype) => ({
      name: layer.name ?? [channels, ...spatial].join("x"),
      set,
      times,
      about: layer.about ?? about,
      shape: shapeFrom(batch, channels, spatial, layout),
      layout,
      dtype,
      quick: false,
    })),
  );
}

/** Where there is no plane, both layouts are the same. */
export function layoutsOf(
  spatial: readonly number[],
  layouts: readonly BenchmarkCase["layout"][],
): readonly BenchmarkCase["layout"][] {
  return spatial.length === 0 ? ["channels-last"] : layouts;
}

/** `[batch, channels, ...spatial]` or `[batch, ...spatial, channels]` */
export function shapeFrom(
  batch: number,
  channels: number,
  spatial: readonly number[],
  layout: BenchmarkCase["layout"],
): number[] {
  return layout === "channels-first" ? [batch, channels, ...spatial] : [batch, ...spatial, channels];
}
