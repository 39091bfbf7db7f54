import { hostBackend } from "@batchnorm/core/host";
import { allChecks, goals } from "../src/index.js";
import { conformance } from "../src/vitest.js";
import { PlainKernels } from "./plain/kernels.js";

const whole = process.env.BATCHNORM_TESTS === "all";
const checks = (await allChecks()).filter(({ large }) => whole || !large);

// what `goals` ask is within reach of plain loops over float64
conformance("a plain backend", () => hostBackend(new PlainKernels()), { bounds: goals, checks });
