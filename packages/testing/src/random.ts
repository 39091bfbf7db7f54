/** A generator of numbers that are the same in every run. Source: Marsaglia, "Xorshift RNGs", 2003 (32 bits: 13, 17, 5). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 0x9e3779b1) | 0 || 1;
    for (let i = 0; i < 8; i++) this.uniform();
  }

  /** in (0, 1) */
  uniform(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return ((this.#state >>> 0) + 0.5) / 2 ** 32;
  }

  /** mean 0, standard deviation 1 (Box and Muller) */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  normals(length: number, mean = 0, deviation = 1): Float64Array {
    return Float64Array.from({ length }, () => mean + deviation * this.normal());
  }
}
