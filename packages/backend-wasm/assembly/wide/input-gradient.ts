import { isRelu, passedWide } from "../activation";
import { Channel } from "../job";

/** A run of a channel that float32 has too narrow a range for. */
export function trainingGradientWide<Activation>(
  dy: usize,
  x: usize,
  dx: usize,
  length: i32,
  coefficients: Channel,
): void {
  const end = x + (<usize>length << 2);
  for (; x < end; x += 4, dy += 4, dx += 4) {
    const own = <f64>load<f32>(x);
    const dz = behindWide<Activation>(load<f32>(dy), own, coefficients);
    const ofBatch = (own - coefficients.mean) * coefficients.slope + coefficients.offset;
    store<f32>(dx, <f32>(dz * coefficients.scale + ofBatch));
  }
}

/** The same where the statistics are constants. */
export function scaleGradientWide<Activation>(
  dy: usize,
  x: usize,
  dx: usize,
  length: i32,
  coefficients: Channel,
): void {
  const end = x + (<usize>length << 2);
  for (; x < end; x += 4, dy += 4, dx += 4) {
    const own = isRelu<Activation>() ? <f64>load<f32>(x) : 0;
    store<f32>(dx, <f32>(behindWide<Activation>(load<f32>(dy), own, coefficients) * coefficients.scale));
  }
}

/** dz: dy behind the activation, by the same z as the forward pass. */
// @ts-ignore: decorator
@inline
function behindWide<Activation>(dy: f64, x: f64, coefficients: Channel): f64 {
  if (!isRelu<Activation>()) return dy;
  const z = coefficients.isFar
    ? (x - coefficients.mean) * coefficients.scale + coefficients.shift
    : x * coefficients.scale + coefficients.directShift;
  return passedWide(dy, z);
}
