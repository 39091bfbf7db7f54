import { channel } from "../job";
import { runSumBytes } from "../plan";
import { firstLanes, inPairs } from "../vectors";

/**
 * Adds a row of runs, one of each of `count` channels, to their sums of d and d^2, d = x - k: float32 trees of eight
 * vectors, added up in float64.
 */
export function sumMoments(x: usize, length: i32, first: i32, count: i32, into: usize): void {
  for (let c = first; c < first + count; c++) {
    sumRun(x, length, channel(c).k, into);
    x += <usize>length << 2;
    into += runSumBytes;
  }
}

// @ts-ignore: decorator
@inline
function sumRun(p: usize, length: i32, k: f32, into: usize): void {
  const shift = f32x4.splat(k);
  let sum = v128.load(into);
  let squares = v128.load(into, 16);
  const blocksEnd = p + (<usize>(length >> 5) << 7);
  for (; p < blocksEnd; p += 128) {
    const d0 = f32x4.sub(v128.load(p), shift);
    const d1 = f32x4.sub(v128.load(p, 16), shift);
    const d2 = f32x4.sub(v128.load(p, 32), shift);
    const d3 = f32x4.sub(v128.load(p, 48), shift);
    const d4 = f32x4.sub(v128.load(p, 64), shift);
    const d5 = f32x4.sub(v128.load(p, 80), shift);
    const d6 = f32x4.sub(v128.load(p, 96), shift);
    const d7 = f32x4.sub(v128.load(p, 112), shift);
    sum = f64x2.add(sum, inPairs(tree(d0, d1, d2, d3, d4, d5, d6, d7)));
    squares = f64x2.add(squares, inPairs(treeOfSquares(d0, d1, d2, d3, d4, d5, d6, d7)));
  }
  if (length & 31) {
    let s = f32x4.splat(0);
    let q = f32x4.splat(0);
    const vectorsEnd = p + (<usize>((length & 31) >> 2) << 4);
    for (; p < vectorsEnd; p += 16) {
      const d = f32x4.sub(v128.load(p), shift);
      s = f32x4.add(s, d);
      q = f32x4.add(q, f32x4.mul(d, d));
    }
    const rest = length & 3;
    if (rest) {
      const d = v128.and(f32x4.sub(v128.load(p), shift), firstLanes(rest));
      s = f32x4.add(s, d);
      q = f32x4.add(q, f32x4.mul(d, d));
    }
    sum = f64x2.add(sum, inPairs(s));
    squares = f64x2.add(squares, inPairs(q));
  }
  v128.store(into, sum);
  v128.store(into, squares, 16);
}

// @ts-ignore: decorator
@inline
export function tree(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.add(a, b), f32x4.add(c, d)),
    f32x4.add(f32x4.add(e, f), f32x4.add(g, h)),
  );
}

// @ts-ignore: decorator
@inline
export function treeOfSquares(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): v128 {
  return tree(
    f32x4.mul(a, a),
    f32x4.mul(b, b),
    f32x4.mul(c, c),
    f32x4.mul(d, d),
    f32x4.mul(e, e),
    f32x4.mul(f, f),
    f32x4.mul(g, g),
    f32x4.mul(h, h),
  );
}
