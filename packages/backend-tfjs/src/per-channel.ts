import { type GradientSums, type Moments, TensorError } from "@batchnorm/core";
import type { Tensor } from "./tfjs.js";

/** What an engine holds until it is told to let go. */
export interface Disposable {
  dispose(): void;
}

/** What an engine knows of each channel, held until dispose. */
class PerChannel<Content extends Disposable> {
  /** @internal the backend that made it */
  readonly owner: object;
  readonly channels: number;
  #content: Content | null;

  constructor(owner: object, channels: number, content: Content) {
    this.owner = owner;
    this.channels = channels;
    this.#content = content;
  }

  /** @internal */
  get content(): Content {
    if (this.#content === null) {
      throw new TensorError("ERR_DISPOSED", "moments or gradient sums were used after their dispose()");
    }
    return this.#content;
  }

  dispose(): void {
    this.#content?.dispose();
    this.#content = null;
  }
}

/** The moments of a batch by channel. */
export class TfjsMoments<Content extends Disposable> extends PerChannel<Content> implements Moments {
  readonly count: number;
  readonly #engine: MomentsEngine<Content>;
  readonly #values: object | null;

  constructor(owner: object, channels: number, engine: MomentsEngine<Content>, content: Content, of: MomentsOf) {
    super(owner, channels, content);
    this.count = of.count;
    this.#engine = engine;
    this.#values = of.x?.dataId ?? null;
  }

  async export(): Promise<Float64Array> {
    return this.#engine.exportMoments(this);
  }

  /** @internal Whether they are the moments of x, and of nothing else. */
  areOf(x: Tensor): boolean {
    return this.#values === x.dataId;
  }
}

/** The two sums of the backward pass by channel. */
export class TfjsGradientSums<Content extends Disposable> extends PerChannel<Content> implements GradientSums {
  readonly #engine: SumsEngine<Content>;

  constructor(owner: object, channels: number, engine: SumsEngine<Content>, content: Content) {
    super(owner, channels, content);
    this.#engine = engine;
  }

  async export(): Promise<Float64Array> {
    return this.#engine.exportGradientSums(this.content);
  }
}

interface MomentsOf {
  readonly count: number;
  /** whose moments they are; null: merged or imported ones, of values that are not all here */
  readonly x: Tensor | null;
}

interface MomentsEngine<Content> {
  exportMoments(moments: { readonly content: Content; readonly count: number }): Promise<Float64Array>;
}

interface SumsEngine<Content> {
  exportGradientSums(sums: Content): Promise<Float64Array>;
}
