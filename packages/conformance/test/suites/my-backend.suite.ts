// A user's test, as the README has it; run by suite-in-vitest.test.ts.
import { allChecks, goals } from "../../src/index.js";
import { conformance } from "../../src/vitest.js";
import { createMyBackend } from "./my-backend.js";

const checks = (await allChecks()).filter(({ large }) => !large);

conformance("my backend", () => createMyBackend(), { bounds: goals, checks });
