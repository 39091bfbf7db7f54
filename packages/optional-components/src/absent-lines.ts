/** Somebody who could not take part. */
interface AbsentOne {
  readonly name: string;
  readonly reason: string;
  readonly remedy: string;
}

/** Who is absent, and why, in lines: those that lack the same share one, `a, b absent: <reason>; <remedy>`. */
export function absentLines(absent: readonly AbsentOne[]): string[] {
  const names = new Map<string, string[]>();
  for (const { name, reason, remedy } of absent) {
    const why = `${reason}; ${remedy}`;
    names.set(why, [...(names.get(why) ?? []), name]);
  }
  return [...names].map(([why, own]) => `${own.join(", ")} absent: ${why}`);
}
