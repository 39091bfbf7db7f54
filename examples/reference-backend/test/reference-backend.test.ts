import { goals } from "@batchnorm/conformance";
import { conformance } from "@batchnorm/conformance/vitest";
import { createReferenceBackend } from "../src/index.js";

conformance("the reference backend", () => createReferenceBackend(), { bounds: goals });
