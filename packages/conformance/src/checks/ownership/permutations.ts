/** All orders of a few things. */
export function permutations<One>(of: readonly One[]): readonly (readonly One[])[] {
  if (of.length === 0) return [[]];
  return of.flatMap((first, at) => permutations(of.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}
