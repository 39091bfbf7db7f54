/** What a stack disposes of: a tensor, a handle, moments, another stack. */
interface Disposing {
  dispose(): void;
}

/**
 * What the language's own `DisposableStack` does with things that have a `dispose` method: they are disposed together,
 * the last first. Node 20 and some browsers have no such class yet.
 */
export class DisposableStack {
  readonly #values: Disposing[] = [];

  /** Disposes of a value with the stack; returns the value. */
  use<Value extends Disposing>(value: Value): Value {
    this.#values.push(value);
    return value;
  }

  /** Disposes of every value, also where disposing of another fails. A second call does nothing. */
  dispose(): void {
    const value = this.#values.pop();
    if (value === undefined) return;
    try {
      value.dispose();
    } finally {
      this.dispose();
    }
  }
}
