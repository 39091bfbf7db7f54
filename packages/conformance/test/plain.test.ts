import { goals } from "../src/index.js";
import { conformance } from "../src/vitest.js";
import { PlainBackend } from "./plain/backend.js";

// what `goals` ask is within reach of plain loops over float64
conformance("a plain backend", () => new PlainBackend(), { bounds: goals });
