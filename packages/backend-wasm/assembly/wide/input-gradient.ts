import { isRelu, passedWide } from "../activation";
import { Channel } from "../job";

/** A run of a channel that float32 has too narrow a range for. */
export function trainingGradientWide<Activation>(dy: usize, x: usize, dx: usize, length: i32, by: Channel): void {
  const end = x + (<usize>length << 2);
  for (; x < end; x += 4, dy += 4, dx += 4) {
    const d = <f64>load<f32>(x) - by.mean;
    store<f32>(dx, <f32>(behindWide<Activation>(load<f32>(dy), d, by) * by.scale + (d * by.slope + by.offset)));
  }
}

/** The same where the statistics are constants. */
export function scaleGradientWide<Activation>(dy: usize, x: usize, dx: usize, length: i32, by: Channel): void {
  const end = x + (<usize>length << 2);
  for (; x < end; x += 4, dy += 4, dx += 4) {
    const d = isRelu<Activation>() ? <f64>load<f32>(x) - by.mean : 0;
    store<f32>(dx, <f32>(behindWide<Activation>(load<f32>(dy), d, by) * by.scale));
  }
}

/** dz: dy behind the activation. */
// @ts-ignore: decorator
@inline
export function behindWide<Activation>(dy: f64, d: f64, by: Channel): f64 {
  return isRelu<Activation>() ? passedWide(dy, d * by.scale + by.shift) : dy;
}
