import { pixels, side } from "./digits.js";

/** Classic 3 x 3 filters, so that the channels of a feature map differ as those of a network do. */
const filters: readonly (readonly number[])[] = [
  [0, 0, 0, 0, 1, 0, 0, 0, 0], // identity
  [1, 2, 1, 2, 4, 2, 1, 2, 1].map((w) => w / 16), // blur
  [-1, 0, 1, -2, 0, 2, -1, 0, 1], // Sobel, horizontal
  [-1, -2, -1, 0, 0, 0, 1, 2, 1], // Sobel, vertical
  [0, 1, 0, 1, -4, 1, 0, 1, 0], // Laplace
  [0, -1, 0, -1, 5, -1, 0, -1, 0], // sharpen
];

export const filterCount = filters.length;

/** Every filter over every picture, zero outside: `(n, 784)` to `(n, filterCount, 28, 28)`. */
export function convolve(pictures: Float32Array): Float32Array {
  const n = pictures.length / pixels;
  const maps = new Float32Array(n * filterCount * pixels);
  for (let i = 0; i < n; i++) {
    const picture = pictures.subarray(i * pixels, (i + 1) * pixels);
    for (const [f, filter] of filters.entries()) {
      applyFilter(picture, filter, maps.subarray((i * filterCount + f) * pixels, (i * filterCount + f + 1) * pixels));
    }
  }
  return maps;
}

function applyFilter(picture: Float32Array, filter: readonly number[], to: Float32Array): void {
  const at = (row: number, column: number) =>
    row < 0 || row >= side || column < 0 || column >= side ? 0 : (picture[row * side + column] as number);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let sum = 0;
      for (const [k, weight] of filter.entries()) sum += weight * at(row + Math.floor(k / 3) - 1, column + (k % 3) - 1);
      to[row * side + column] = sum;
    }
  }
}

/** `(n, channels, positions)` to `(n, positions, channels)` */
export function channelsLast(values: Float32Array, channels: number, positions: number): Float32Array {
  return values.map((_, to) => {
    const channel = to % channels;
    const position = Math.floor(to / channels) % positions;
    const n = Math.floor(to / (channels * positions));
    return values[(n * channels + channel) * positions + position] as number;
  });
}
