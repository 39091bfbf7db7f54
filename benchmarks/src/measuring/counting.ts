/**
 * Typed arrays that count. `installCounting` puts them in the place of Float32Array and Float64Array: whatever is loaded
 * afterwards and is written in JavaScript computes as before, and every read and write of an element is counted, by how
 * many elements the array's buffer has: a view of a part counts for the whole. So passes over tensors are counted, not
 * declared.
 */

import { types } from "node:util";

/** Elements read and written, of arrays of one size. */
export interface Accesses {
  reads: number;
  writes: number;
}

type Floats = Float32Array | Float64Array;
type FloatsClass = Float32ArrayConstructor | Float64ArrayConstructor;

const originals = new WeakMap<object, Floats>();
const counts = new Map<number, Accesses>();

/** What has been counted of arrays whose buffer has so many elements, since it was asked the last time. */
export function takeAccesses(elements: number): Accesses {
  const taken = counts.get(elements) ?? { reads: 0, writes: 0 };
  counts.clear();
  return taken;
}

/** From now on, every new Float32Array and Float64Array counts. */
export function installCounting(): void {
  for (const name of ["Float32Array", "Float64Array"] as const) {
    globalThis[name] = countingClass(globalThis[name] as FloatsClass) as never;
    // asked by TensorFlow.js, and by its nature true of no proxy
    const isOriginal = types[`is${name}`];
    Object.assign(types, { [`is${name}`]: (value: unknown) => isOriginal(originalOf(value)) });
  }
}

function elementsOf(array: Floats): number {
  return array.buffer.byteLength / array.BYTES_PER_ELEMENT;
}

function accessesOf(elements: number): Accesses {
  const known = counts.get(elements);
  if (known !== undefined) return known;
  const fresh = { reads: 0, writes: 0 };
  counts.set(elements, fresh);
  return fresh;
}

/** Counts that a value is read whole, where it is an array. */
function countRead(value: unknown): void {
  const array = originalOf(value);
  if (array instanceof Object && originals.has(value as object)) {
    accessesOf(elementsOf(array as Floats)).reads += (array as Floats).length;
  } else if (Array.isArray(array) || types.isTypedArray(array)) {
    accessesOf(array.length).reads += array.length;
  }
}

function countWritten(array: Floats): Floats {
  accessesOf(elementsOf(array)).writes += array.length;
  return array;
}

/** The class, whose instances are wrapped. Its static functions make instances of the class itself, as they should. */
function countingClass(Class: FloatsClass): FloatsClass {
  return new Proxy(Class, {
    construct: (target, args, newTarget) => {
      const own = newTarget === proxyOf(Class) ? target : newTarget;
      const made = Reflect.construct(target, args.map(originalOf), own) as Floats;
      const [source] = args;
      // of a length it is zeros, of a buffer a view; of anything else it is a copy
      if (!(source instanceof Object) || types.isAnyArrayBuffer(source)) return wrapped(made);
      countRead(source);
      return wrapped(countWritten(made));
    },
    get: (target, key) => {
      const value = Reflect.get(target, key);
      if (key !== "from" && key !== "of") return value;
      return (...args: unknown[]) => {
        if (key === "from") countRead(args[0]);
        const made = (value as (...values: unknown[]) => Floats).apply(target, args.map(originalOf));
        return wrapped(countWritten(made));
      };
    },
  });
}

function proxyOf(Class: FloatsClass): unknown {
  return globalThis[Class.name as "Float32Array" | "Float64Array"];
}

function originalOf(value: unknown): unknown {
  return (typeof value === "object" && value !== null && originals.get(value)) || value;
}

/** How many elements are from a start to an end, as methods of arrays take them: from the end where negative. */
function within(length: number, start: unknown, end: unknown): number {
  const index = (value: unknown, missing: number) => {
    const whole = value === undefined ? missing : Math.trunc(Number(value)) || 0;
    return whole < 0 ? Math.max(0, length + whole) : Math.min(whole, length);
  };
  return Math.max(0, index(end, length) - index(start, 0));
}

const all = ({ length }: Floats): Accesses => ({ reads: length, writes: length });

/** What methods read and write of their own array, of those that do not just read it all. */
const methods: Readonly<Record<string, (array: Floats, args: readonly unknown[]) => Accesses>> = {
  at: () => ({ reads: 1, writes: 0 }),
  copyWithin: ({ length }, [to, start, end]) => {
    const copied = Math.min(within(length, start, end), within(length, to, length));
    return { reads: copied, writes: copied };
  },
  fill: ({ length }, [, start, end]) => ({ reads: 0, writes: within(length, start, end) }),
  reverse: all,
  set: (_, [values]) => ({ reads: 0, writes: (values as ArrayLike<number>).length }),
  slice: ({ length }, [start, end]) => ({ reads: within(length, start, end), writes: 0 }),
  sort: all,
  subarray: () => ({ reads: 0, writes: 0 }),
};

function wrapped(array: Floats): Floats {
  const elements = elementsOf(array);
  const proxy: Floats = new Proxy(array, {
    get: (target, key) => {
      if (typeof key === "string" && /^\d+$/.test(key)) {
        accessesOf(elements).reads++;
        return target[Number(key)];
      }
      const value = Reflect.get(target, key, target);
      if (key === "constructor") return proxyOf(value as FloatsClass);
      return typeof value === "function" ? method(proxy, target, key, value) : value;
    },
    set: (target, key, value) => {
      if (typeof key === "string" && /^\d+$/.test(key)) accessesOf(elements).writes++;
      return Reflect.set(target, key, value, target);
    },
  });
  originals.set(proxy, array);
  return proxy;
}

function method(proxy: Floats, target: Floats, key: string | symbol, call: (...args: unknown[]) => unknown) {
  return (...args: unknown[]) => {
    const known = typeof key === "string" && Object.hasOwn(methods, key) ? methods[key] : undefined;
    const { reads, writes } = known?.(target, args) ?? { reads: target.length, writes: 0 };
    const accesses = accessesOf(elementsOf(target));
    accesses.reads += reads;
    accesses.writes += writes;
    for (const arg of args) countRead(arg);
    const result = call.apply(target, args.map(originalOf));
    if (result === target) return proxy;
    const isFloats = types.isTypedArray(result);
    if (!isFloats) return result;
    return wrapped(key === "subarray" ? (result as Floats) : countWritten(result as Floats));
  };
}
