/**
 * A branch on the sign of data that looks random to the processor is mispredicted half of the time and costs
 * eight times the arithmetic beside it. Kernels with ReLU therefore put the value at index 1 and read index 0
 * or 1: exact for every value, NaN and infinities included, which multiplying by 0 or 1 would not be.
 */
export const select = new Float64Array(2);
