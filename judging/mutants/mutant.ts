import type { RequirementName } from "@batchnorm/conformance";

/** One expression of a package, changed. */
export interface Change {
  /** where the expression stands, from `packages/` on; one of backend-cpu's kernels is changed in both of its instances */
  readonly file: string;
  /** text that stands in the file exactly once */
  readonly replace: string;
  readonly by: string;
}

/** A change by which one requirement no longer holds. */
export interface Mutant extends Change {
  /** the requirement that it breaks: the checks filed under it fail, and no others */
  readonly requirement: RequirementName;
  /** what is wrong with it; unique */
  readonly name: string;
}
