import type { Check } from "../../check.js";
import { calls } from "./calls.js";
import { normalized, standard } from "./normalized.js";
import { propertyChecks } from "./property.js";
import { splits } from "./splits.js";
import { transforms } from "./transforms.js";

/** What holds for every input, tried on random ones. */
export function invarianceChecks(): readonly Check[] {
  return [
    ...transforms.flatMap((property) => propertyChecks(property)),
    ...propertyChecks(standard, { dtypes: ["float32"] }),
    ...normalized.flatMap((property) => propertyChecks(property)),
    ...propertyChecks(splits),
    ...propertyChecks(calls),
  ];
}
