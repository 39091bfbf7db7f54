import { channel, job } from "../job";
import { columnSumBytes, runSumBytes } from "../plan";
import { sumOfLanes } from "../vectors";
import { indexOf } from "./expand";

/** Adds up the two sums of channels [first, end) over their chunks and lanes, always in the same order. */
export function reduceChannels(first: i32, end: i32): void {
  for (let c = first; c < end; c++) {
    const coefficients = channel(c);
    coefficients.first = 0;
    coefficients.second = 0;
  }
  for (let chunk = 0; chunk < job.chunks; chunk++) {
    if (job.isColumns) addColumns(chunk, first, end);
    else addRuns(chunk, first, end);
  }
}

function addRuns(chunk: i32, first: i32, end: i32): void {
  let p = job.partials + (<usize>chunk * <usize>job.channels + <usize>first) * runSumBytes;
  for (let c = first; c < end; c++) {
    const coefficients = channel(c);
    coefficients.first += sumOfLanes(v128.load(p));
    coefficients.second += sumOfLanes(v128.load(p, 16));
    p += runSumBytes;
  }
}

function addColumns(chunk: i32, first: i32, end: i32): void {
  const base = job.partials + <usize>chunk * <usize>job.vectors * columnSumBytes;
  for (let q = 0; q < job.fold; q++) {
    let column = indexOf(first, q, 0);
    for (let c = first; c < end; c++) {
      const coefficients = channel(c);
      for (let i = 0; i < job.inner; i++) {
        const p = base + <usize>(column >> 2) * columnSumBytes + ((<usize>(column & 3)) << 3);
        coefficients.first += load<f64>(p);
        coefficients.second += load<f64>(p, 32);
        column++;
      }
    }
  }
}
