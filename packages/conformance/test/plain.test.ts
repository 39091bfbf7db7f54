import { hostBackend } from "@batchnorm/core/host";
import { goals } from "../src/index.js";
import { conformance } from "../src/vitest.js";
import { PlainKernels } from "./plain/kernels.js";

// what `goals` ask is within reach of plain loops over float64
conformance("a plain backend", () => hostBackend(new PlainKernels()), { bounds: goals });
