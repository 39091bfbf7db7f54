/**
 * Typed arrays that count. `installCounting` puts them in the place of Float32Array and Float64Array: whatever is loaded
 * afterwards and is written in JavaScript computes as before, and every read and write of an element is counted, by the
 * length of the array. So passes over tensors are counted, not declared.
 */

import { types } from "node:util";

/** Elements read and written, of arrays of one length. */
export interface Accesses {
  reads: number;
  writes: number;
}

type Floats = Float32Array | Float64Array;
type FloatsClass = Float32ArrayConstructor | Float64ArrayConstructor;

const originals = new WeakMap<object, Floats>();
const counts = new Map<number, Accesses>();

/** What has been counted of arrays of a length, since it was asked the last time. */
export function takeAccesses(length: number): Accesses {
  const taken = counts.get(length) ?? { reads: 0, writes: 0 };
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

function accessesOf(array: Floats): Accesses {
  const known = counts.get(array.length);
  if (known !== undefined) return known;
  const fresh = { reads: 0, writes: 0 };
  counts.set(array.length, fresh);
  return fresh;
}

/** The class, whose instances are wrapped. Its static functions make instances of the class itself, as they should. */
function countingClass(Class: FloatsClass): FloatsClass {
  return new Proxy(Class, {
    construct: (target, args, newTarget) =>
      wrapped(
        Reflect.construct(target, args.map(originalOf), newTarget === proxyOf(Class) ? target : newTarget) as Floats,
      ),
    get: (target, key) => {
      const value = Reflect.get(target, key);
      if (key !== "from" && key !== "of") return value;
      return (...args: unknown[]) => wrapped((value as (...values: unknown[]) => Floats).apply(target, args));
    },
  });
}

function proxyOf(Class: FloatsClass): unknown {
  return globalThis[Class.name as "Float32Array" | "Float64Array"];
}

function originalOf(value: unknown): unknown {
  return (typeof value === "object" && value !== null && originals.get(value)) || value;
}

/** Methods that write every element, or as many as their argument has. */
const writers: Readonly<Record<string, (array: Floats, args: readonly unknown[]) => number>> = {
  fill: (array, [, start = 0, end = array.length]) => (end as number) - (start as number),
  set: (_, [values]) => (values as ArrayLike<number>).length,
};

function wrapped(array: Floats): Floats {
  const proxy = new Proxy(array, {
    get: (target, key) => {
      if (typeof key === "string" && /^\d+$/.test(key)) {
        accessesOf(target).reads++;
        return target[Number(key)];
      }
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? method(target, key, value) : value;
    },
    set: (target, key, value) => {
      if (typeof key === "string" && /^\d+$/.test(key)) accessesOf(target).writes++;
      return Reflect.set(target, key, value, target);
    },
  });
  originals.set(proxy, array);
  return proxy;
}

function method(target: Floats, key: string | symbol, call: (...args: unknown[]) => unknown) {
  return (...args: unknown[]) => {
    const written = typeof key === "string" ? writers[key]?.(target, args) : undefined;
    if (written !== undefined) accessesOf(target).writes += written;
    else if (key !== "subarray") accessesOf(target).reads += target.length;
    for (const arg of args) {
      const read = originalOf(arg);
      if (read !== arg) accessesOf(read as Floats).reads += (read as Floats).length;
    }
    const result = call.apply(target, args.map(originalOf));
    if (result === target) return originalProxy(target, result);
    const isFloats = result instanceof Object && ArrayBuffer.isView(result) && "fill" in result;
    if (!isFloats) return result;
    if (key !== "subarray") accessesOf(result as Floats).writes += (result as Floats).length;
    return wrapped(result as Floats);
  };
}

function originalProxy(target: Floats, result: unknown): unknown {
  return result === target ? wrapped(target) : result;
}
