import { isRelu, passedWide } from "../activation";
import { Channel } from "../job";

/** A run of a channel that float32 has too narrow a range for. */
export function normalizeWide<Activation>(x: usize, y: usize, length: i32, by: Channel): void {
  const end = x + (<usize>length << 2);
  for (; x < end; x += 4, y += 4) {
    const z = (<f64>load<f32>(x) - by.mean) * by.scale + by.shift;
    store<f32>(y, <f32>(isRelu<Activation>() ? passedWide(z, z) : z));
  }
}
