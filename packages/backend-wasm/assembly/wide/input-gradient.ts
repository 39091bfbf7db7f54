import { isRelu, passedWide } from "../activation";
import { Channel } from "../job";

/** A run of a channel that float32 has too narrow a range for. */
export function trainingGradientWide<Activation>(dy: usize, x: usize, dx: usize, length: i32, by: Channel): void {
  const end = x + (<usize>length << 2);
  for (; x < end; x += 4, dy += 4, dx += 4) {
    const own = <f64>load<f32>(x);
    const dz = behindWide<Activation>(load<f32>(dy), own, by);
    store<f32>(dx, <f32>(dz * by.scale + ((own - by.mean) * by.slope + by.offset)));
  }
}

/** The same where the statistics are constants. */
export function scaleGradientWide<Activation>(dy: usize, x: usize, dx: usize, length: i32, by: Channel): void {
  const end = x + (<usize>length << 2);
  for (; x < end; x += 4, dy += 4, dx += 4) {
    const own = isRelu<Activation>() ? <f64>load<f32>(x) : 0;
    store<f32>(dx, <f32>(behindWide<Activation>(load<f32>(dy), own, by) * by.scale));
  }
}

/** dz: dy behind the activation, by the same z as the forward pass. */
// @ts-ignore: decorator
@inline
function behindWide<Activation>(dy: f64, x: f64, by: Channel): f64 {
  if (!isRelu<Activation>()) return dy;
  return passedWide(dy, by.isFar ? (x - by.mean) * by.scale + by.shift : x * by.scale + by.directShift);
}
