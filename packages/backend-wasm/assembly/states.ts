/** state += a x, in float64. */
export function axpy(a: f64, x: usize, state: usize, length: i32): void {
  for (const end = state + ((<usize>length) << 2); state < end; state += 4, x += 4) {
    store<f32>(state, <f32>(<f64>load<f32>(state) + a * <f64>load<f32>(x)));
  }
}

/**
 *     mean += weight (batch mean - mean)        variance += weight (M2 / divisor - variance)
 */
export function moveStatistics(
  mean: usize,
  variance: usize,
  moments: usize,
  channels: i32,
  weight: f64,
  divisor: f64,
): void {
  const stride = (<usize>channels) << 3;
  for (let c = 0; c < channels; c++) {
    store<f32>(mean, <f32>((1 - weight) * <f64>load<f32>(mean) + weight * load<f64>(moments)));
    store<f32>(
      variance,
      <f32>((1 - weight) * <f64>load<f32>(variance) + weight * (load<f64>(moments + 2 * stride) / divisor)),
    );
    mean += 4;
    variance += 4;
    moments += 8;
  }
}
