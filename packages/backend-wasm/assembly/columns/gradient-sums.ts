import { columnBytes, columnSumBytes } from "../plan";
import { gradientBehind } from "../runs/gradient-sums";
import { firstLanes, lower, upper } from "../vectors";

/** Adds rows of columns to the columns' sums of dz and dz (x - mean32), in float64: four rows at a time. */
export function sumGradientsOfColumns<Activation>(
  dy: usize,
  x: usize,
  rowBytes: usize,
  rows: i32,
  columns: usize,
  vectors: i32,
  into: usize,
): void {
  for (; rows >= 4; rows -= 4) {
    sumFour<Activation>(dy, x, rowBytes, columns, vectors, into);
    dy += rowBytes << 2;
    x += rowBytes << 2;
  }
  for (; rows > 0; rows--) {
    sumOne<Activation>(dy, x, columns, vectors, into);
    dy += rowBytes;
    x += rowBytes;
  }
}

function sumFour<Activation>(
  dy: usize,
  x: usize,
  rowBytes: usize,
  columns: usize,
  vectors: i32,
  into: usize,
): void {
  const end = into + <usize>vectors * columnSumBytes;
  let x2 = x + (rowBytes << 1);
  let dy2 = dy + (rowBytes << 1);
  for (; into < end; into += columnSumBytes) {
    const xa = v128.load(x);
    const xb = v128.load(x + rowBytes);
    const xc = v128.load(x2);
    const xd = v128.load(x2 + rowBytes);
    const a = behind<Activation>(dy, xa, columns);
    const b = behind<Activation>(dy + rowBytes, xb, columns);
    const c = behind<Activation>(dy2, xc, columns);
    const d = behind<Activation>(dy2 + rowBytes, xd, columns);
    const mean = v128.load(columns);
    add(
      into,
      f64x2.add(f64x2.add(lower(a), lower(b)), f64x2.add(lower(c), lower(d))),
      f64x2.add(f64x2.add(upper(a), upper(b)), f64x2.add(upper(c), upper(d))),
      f64x2.add(
        f64x2.add(centredLower(a, xa, mean), centredLower(b, xb, mean)),
        f64x2.add(centredLower(c, xc, mean), centredLower(d, xd, mean)),
      ),
      f64x2.add(
        f64x2.add(centredUpper(a, xa, mean), centredUpper(b, xb, mean)),
        f64x2.add(centredUpper(c, xc, mean), centredUpper(d, xd, mean)),
      ),
    );
    columns += columnBytes;
    x += 16;
    x2 += 16;
    dy += 16;
    dy2 += 16;
  }
}

function sumOne<Activation>(dy: usize, x: usize, columns: usize, vectors: i32, into: usize): void {
  const end = into + <usize>vectors * columnSumBytes;
  for (; into < end; into += columnSumBytes) {
    const xa = v128.load(x);
    const a = behind<Activation>(dy, xa, columns);
    const mean = v128.load(columns);
    add(into, lower(a), upper(a), centredLower(a, xa, mean), centredUpper(a, xa, mean));
    columns += columnBytes;
    x += 16;
    dy += 16;
  }
}

// @ts-ignore: decorator
@inline
function behind<Activation>(dy: usize, x: v128, columns: usize): v128 {
  return gradientBehind<Activation>(
    v128.load(dy),
    x,
    v128.load(columns),
    v128.load(columns, 16),
    v128.load(columns, 32),
    v128.load(columns, 48),
  );
}

// @ts-ignore: decorator
@inline
function centredLower(dz: v128, x: v128, mean: v128): v128 {
  return f64x2.mul(lower(dz), f64x2.sub(lower(x), lower(mean)));
}

// @ts-ignore: decorator
@inline
function centredUpper(dz: v128, x: v128, mean: v128): v128 {
  return f64x2.mul(upper(dz), f64x2.sub(upper(x), upper(mean)));
}

// @ts-ignore: decorator
@inline
function add(into: usize, sum0: v128, sum1: v128, centred0: v128, centred1: v128): void {
  v128.store(into, f64x2.add(v128.load(into), sum0));
  v128.store(into, f64x2.add(v128.load(into, 16), sum1), 16);
  v128.store(into, f64x2.add(v128.load(into, 32), centred0), 32);
  v128.store(into, f64x2.add(v128.load(into, 48), centred1), 48);
}

/** A last row that is not whole. */
export function sumGradientsLeftOver<Activation>(
  dy: usize,
  x: usize,
  values: i32,
  columns: usize,
  into: usize,
): void {
  sumOne<Activation>(dy, x, columns, values >> 2, into);
  const rest = values & 3;
  if (!rest) return;
  const whole = <usize>(values >> 2);
  const by = columns + whole * columnBytes;
  const lanes = firstLanes(rest);
  const xa = v128.and(v128.load(x + (whole << 4)), lanes);
  const a = v128.and(behind<Activation>(dy + (whole << 4), xa, by), lanes);
  const mean = v128.load(by);
  add(into + whole * columnSumBytes, lower(a), upper(a), centredLower(a, xa, mean), centredUpper(a, xa, mean));
}
