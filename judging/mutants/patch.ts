import type { Change } from "./mutant.js";

/** The files that a change is made in: kernels are instantiated twice, see backend-cpu's kernels.ts. */
export function filesOf({ file }: Change): readonly string[] {
  const kernel = "backend-cpu/src/kernels/";
  if (!file.startsWith(kernel)) return [file];
  return [file, file.replace(kernel, "backend-cpu/src/generated/float64-kernels/")];
}

/** @throws Error unless the text to replace stands in the source exactly once: then the change is out of date */
export function patched({ file, replace, by }: Change, source: string): string {
  const times = source.split(replace).length - 1;
  if (times !== 1) {
    throw new Error(`a change replaces\n\n${replace}\n\nwhich stands ${times} times in ${file}, not once`);
  }
  return source.replace(replace, () => by);
}
