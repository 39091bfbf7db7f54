/** Numbers that are the same in every run. Source: Marsaglia, "Xorshift RNGs", 2003 (32 bits: 13, 17, 5). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) | 0 || 1;
    for (let i = 0; i < 8; i++) this.uniform();
  }

  /** in (0, 1) */
  uniform(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return ((this.#state >>> 0) + 0.5) / 2 ** 32;
  }

  /**
   * Mean 0, standard deviation 1, at most 3.5 in size: the sum of four uniforms. No transcendental function is in it, so
   * that every engine draws the same bits.
   */
  normal(): number {
    return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * 1.7320508075688772;
  }

  /** A whole number from `first` to `last`. */
  integer(first: number, last: number): number {
    return first + Math.floor(this.uniform() * (last - first + 1));
  }
}
