const pair = new Float64Array(2);

/**
 * `z <= 0 ? 0 : value`, without the branch: on the sign of data that looks random to the processor it is mispredicted
 * half of the time and costs eight times the arithmetic beside it. Putting the value at index 1 and reading index 0 or 1
 * is exact for every value, NaN and infinities included, which multiplying by 0 or 1 would not be.
 */
export function passed(value: number, z: number): number {
  pair[1] = value;
  return pair[Number(!(z <= 0))];
}
