import { hostBackend } from "@batchnorm/core/host";
import { allChecks, goals, type RequirementName } from "../src/index.js";
import { conformance } from "../src/vitest.js";
import { PlainKernels } from "./plain/kernels.js";

const whole = process.env.BATCHNORM_TESTS === "all";
/** What most of the time goes to; `examples/reference-backend` is asked them on each run. */
const slow: readonly RequirementName[] = ["every-element", "invariances", "badly-chosen-shift"];
const checks = (await allChecks()).filter(({ large, requirement }) => whole || !(large || slow.includes(requirement)));

// what `goals` ask is within reach of plain loops over float64
conformance("a plain backend", () => hostBackend(new PlainKernels()), { bounds: goals, checks });
