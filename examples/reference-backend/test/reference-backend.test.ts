import { allChecks, goals } from "@batchnorm/conformance";
import { conformance } from "@batchnorm/conformance/vitest";
import { createReferenceBackend } from "../src/index.js";

const whole = process.env.BATCHNORM_TESTS === "all";
const checks = (await allChecks()).filter(({ large }) => whole || !large);

conformance("the reference backend", () => createReferenceBackend(), { bounds: goals, checks });
