import type { RequirementName } from "@batchnorm/conformance";
import type { Mutant } from "./mutant.js";
import { numericsMutants } from "./numerics.js";
import { ownershipMutants } from "./ownership.js";
import { semanticsMutants } from "./semantics.js";

/** All mutants. */
export const mutants: readonly Mutant[] = [...semanticsMutants, ...numericsMutants, ...ownershipMutants];

/** Requirements that no mutant can break alone, with the reason. */
export const withoutMutant: Readonly<Partial<Record<RequirementName, string>>> = {};
